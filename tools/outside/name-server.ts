import { createSocket } from 'node:dgram';
import { once } from 'node:events';

const HEADER_BYTES = 12;
const TEXT_TYPE = 16;

export type NameServer = Awaited<ReturnType<typeof startNameServer>>;

/** A name server on loopback that knows the texts of `texts`, and of no other name (RFC 1035 §4.1). */
export async function startNameServer() {
  const texts = new Map<string, string>();
  const socket = createSocket('udp4');
  socket.on('message', (query, { port, address }) => socket.send(answerOf(query, texts), port, address));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    endpoint: `127.0.0.1:${socket.address().port}`,
    texts,
    end: () => socket.close(),
  };
}

function answerOf(query: Buffer, texts: ReadonlyMap<string, string>): Buffer {
  const { name, end } = questionOf(query);
  const text = query.readUInt16BE(end) === TEXT_TYPE ? texts.get(name) : undefined;
  const header = Buffer.alloc(HEADER_BYTES);
  query.copy(header, 0, 0, 2);
  // An answer with authority; a name without a text does not exist.
  header.writeUInt16BE(text === undefined ? 0x8583 : 0x8580, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(text === undefined ? 0 : 1, 6);
  const question = query.subarray(HEADER_BYTES, end + 4);
  return Buffer.concat([header, question, ...(text === undefined ? [] : [recordOf(text)])]);
}

/** The name that is asked for, and where it ends. */
function questionOf(query: Buffer): { name: string; end: number } {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let size = query[at] ?? 0; size > 0; size = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + size).toLowerCase());
    at += 1 + size;
  }
  return { name: labels.join('.'), end: at + 1 };
}

function recordOf(text: string): Buffer {
  const bytes = Buffer.from(text);
  // The name of the question, a text of the internet, to be kept for no second.
  const head = Buffer.from([0xc0, HEADER_BYTES, 0, TEXT_TYPE, 0, 1, 0, 0, 0, 0, 0, bytes.length + 1]);
  return Buffer.concat([head, Buffer.from([bytes.length]), bytes]);
}
