import type { Duplex } from 'node:stream';

const FINAL_BINARY = 0x82;
/** From these lengths on the length stands in 16 and in 64 bits. */
const MEDIUM_BYTES = 126;
const LONG_BYTES = 65_536;

/**
 * Writes one binary message of a server, unmasked and in one frame (RFC 6455 §5.2, §5.6), on the connection under a
 * WebSocket and past `ws`: pings, texts and the close that `ws` writes there come before or after it, never inside, as
 * each is written whole. Only for an open WebSocket without extensions. What is written counts in its `bufferedAmount`.
 * @param parts the message, which are sent uncopied: they are left alone until `connection.writableLength` is 0
 * @param bytes their length in all
 */
export function writeBinaryMessage(
  connection: Pick<Duplex, 'cork' | 'write' | 'uncork'>,
  parts: readonly Uint8Array[],
  bytes: number,
): void {
  connection.cork();
  connection.write(headOf(bytes));
  for (const part of parts) connection.write(part);
  connection.uncork();
}

function headOf(bytes: number): Buffer {
  if (bytes < MEDIUM_BYTES) return Buffer.of(FINAL_BINARY, bytes);
  if (bytes < LONG_BYTES) return Buffer.of(FINAL_BINARY, 126, bytes >> 8, bytes & 0xff);
  const head = Buffer.alloc(10);
  head[0] = FINAL_BINARY;
  head[1] = 127;
  head.writeBigUInt64BE(BigInt(bytes), 2);
  return head;
}
