import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientFrame, FrameReader } from './frame-reader.ts';

function read(chunks: readonly Buffer[]) {
  const binary: Buffer[] = [];
  const texts: string[] = [];
  const reader = new FrameReader({
    bytes: (part) => binary.push(Buffer.from(part)),
    text: (message) => texts.push(message),
    ping: () => undefined,
    closed: () => undefined,
  });
  for (const chunk of chunks) reader.push(chunk);
  return { binary: Buffer.concat(binary), texts };
}

describe('the reader of a server’s frames', () => {
  it('finds what a server sends, however it is cut', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ length: fc.constantFrom(0, 1, 125, 126, 65_535, 65_536), binary: fc.boolean() }),
          {
            maxLength: 5,
          },
        ),
        fc.integer({ min: 1, max: 70_000 }),
        (messages, cut) => {
          const frames = messages.map(({ length, binary }) => serverFrame(length, binary ? 2 : 1));
          const wire = Buffer.concat(frames);
          const chunks: Buffer[] = [];
          for (let at = 0; at < wire.length; at += cut) chunks.push(wire.subarray(at, at + cut));
          const { binary, texts } = read(chunks);
          const wanted = (isBinary: boolean) => messages.filter((message) => message.binary === isBinary);
          expect(binary.length).toBe(wanted(true).reduce((sum, { length }) => sum + length, 0));
          expect(texts.map(({ length }) => length)).toEqual(wanted(false).map(({ length }) => length));
        },
      ),
    );
  });

  it('writes what a server must be able to unmask', () => {
    const frame = clientFrame(Buffer.from('hello'));
    const mask = frame.subarray(2, 6);
    const text = frame.subarray(6).map((byte, at) => byte ^ (mask[at % 4] ?? 0));
    expect([frame[0], frame[1], Buffer.from(text).toString()]).toEqual([0x82, 0x85, 'hello']);
  });
});

/** RFC 6455 §5.2, unmasked. */
function serverFrame(length: number, opcode: number): Buffer {
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = 0x80 | opcode;
  head[1] = length < 126 ? length : length < 65_536 ? 126 : 127;
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, Buffer.alloc(length, 'x')]);
}
