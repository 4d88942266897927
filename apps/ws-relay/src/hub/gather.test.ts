import { describe, expect, it } from 'vitest';
import { GATHER_BYTES, Gather, MAX_PARTS } from './gather.ts';

function gathering() {
  const sent: Buffer[] = [];
  const parts: (readonly Uint8Array[])[] = [];
  const turns: (() => void)[] = [];
  const gather = new Gather(
    (message, bytes) => {
      sent.push(Buffer.concat(message));
      parts.push(message);
      expect(sent.at(-1)).toHaveLength(bytes);
    },
    (flush) => turns.push(flush),
  );
  const endTurn = () => {
    for (const flush of turns.splice(0)) flush();
  };
  return { gather, sent, parts, endTurn };
}

const record = (length: number, value = 1) => new Uint8Array(length).fill(value);

describe('gathering records', () => {
  it('sends the small records of one turn as one message', () => {
    const { gather, sent, endTurn } = gathering();
    gather.push(record(2, 1));
    gather.push(record(3, 2));
    expect(sent).toEqual([]);
    endTurn();
    expect(sent.map((message) => [...message])).toEqual([[1, 1, 2, 2, 2]]);
  });

  it('copies nothing of a few records, and many into one', () => {
    const { gather, parts, sent, endTurn } = gathering();
    const few = Array.from({ length: MAX_PARTS }, (_, at) => record(2_000, at));
    for (const one of few) gather.push(one);
    endTurn();
    expect(parts[0]).toHaveLength(MAX_PARTS);
    for (const [at, part] of (parts[0] ?? []).entries()) expect(part).toBe(few[at]);
    for (const one of [...few, record(1)]) gather.push(one);
    endTurn();
    expect(parts[1]).toHaveLength(1);
    expect(sent[1]).toEqual(Buffer.concat([...few, record(1)]));
  });

  it('never makes a message larger than its bound', () => {
    const { gather, sent, endTurn } = gathering();
    for (let i = 0; i < 100; i += 1) gather.push(record(8_191));
    endTurn();
    expect(Math.max(...sent.map((message) => message.length))).toBeLessThanOrEqual(GATHER_BYTES);
    expect(sent.reduce((sum, message) => sum + message.length, 0)).toBe(100 * 8_191);
  });

  it('gathers afresh in the next turn', () => {
    const { gather, sent, endTurn } = gathering();
    gather.push(record(1));
    endTurn();
    endTurn();
    gather.push(record(2));
    endTurn();
    expect(sent.map((message) => message.length)).toEqual([1, 2]);
  });
});

describe('records that lie behind one another', () => {
  it('leave as one message in the memory where they stand, large ones too', () => {
    const { gather, sent, parts, endTurn } = gathering();
    const memory = Buffer.from(record(40_000));
    gather.push(memory.subarray(0, 100));
    gather.push(memory.subarray(100, 30_000));
    gather.push(memory.subarray(30_000, 40_000));
    expect([sent.length, gather.bytes]).toEqual([0, 40_000]);
    endTurn();
    expect(parts[0]?.map(({ length, buffer }) => [length, buffer === memory.buffer])).toEqual([
      [40_000, true],
    ]);
    expect(gather.bytes).toBe(0);
  });

  it('leave at once when they fill a message, without waiting for the end of the turn', () => {
    const { gather, sent } = gathering();
    const memory = Buffer.alloc(GATHER_BYTES);
    for (let at = 0; at < GATHER_BYTES; at += 16_384) gather.push(memory.subarray(at, at + 16_384));
    expect(sent.map(({ length }) => length)).toEqual([GATHER_BYTES]);
  });
});
