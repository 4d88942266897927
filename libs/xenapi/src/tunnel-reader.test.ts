import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LARGE_MEMORY_BYTES, SMALL_MEMORY_BYTES, TunnelReader } from './tunnel-reader.ts';

/** What Node does with `onread`: reads into what it was offered, tells how much, and asks for the next room. */
class Socket {
  reads = true;
  readonly #reader: TunnelReader;
  #room: Uint8Array;

  constructor(reader: TunnelReader) {
    this.#reader = reader;
    this.#room = this.#ask();
  }

  get room(): number {
    return this.#room.length;
  }

  /** A record, in as many readings as it takes. */
  receive(record: Uint8Array): void {
    for (let at = 0; at < record.length; ) {
      const part = record.subarray(at, at + this.#room.length);
      this.#room.set(part);
      at += part.length;
      this.reads = this.#reader.onread.callback(part.length, this.#room);
      this.#room = this.#ask();
    }
  }

  #ask(): Uint8Array {
    const { buffer } = this.#reader.onread;
    return typeof buffer === 'function' ? buffer() : buffer;
  }
}

function record(length: number, first: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (first + at) % 251);
}

describe('a tunnel’s reader', () => {
  it('leaves alone what was not taken yet, whatever is read meanwhile, and loses nothing', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            length: fc.oneof(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 400, max: 16_384 })),
            /** Whether the seats have all there is once this record came, or all but what came last. */
            takes: fc.constantFrom('all', 'all but the last', 'nothing'),
          }),
          { maxLength: 60 },
        ),
        (records) => {
          const reader = new TunnelReader();
          const socket = new Socket(reader);
          let waiting: { given: Uint8Array; said: Uint8Array }[] = [];
          const all: number[] = [];
          reader.hand({
            take: (given) => {
              waiting.push({ given, said: new Uint8Array(given) });
              all.push(...given);
            },
            isTaken: (memory) => !waiting.some(({ given }) => given.buffer === memory),
          });
          const said: number[] = [];
          for (const { length, takes } of records) {
            const bytes = record(length, said.length);
            said.push(...bytes);
            socket.receive(bytes);
            for (const one of waiting) expect(Buffer.compare(one.given, one.said)).toBe(0);
            if (takes !== 'nothing') waiting = takes === 'all' ? [] : waiting.slice(-1);
          }
          expect(all).toEqual(said);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('holds little until there is traffic, and then reads into the same memory over and over', () => {
    const reader = new TunnelReader();
    const socket = new Socket(reader);
    const memories = new Set<ArrayBufferLike>();
    reader.hand({ take: ({ buffer }) => void memories.add(buffer), isTaken: () => true });
    for (let round = 0; round < 100; round += 1) socket.receive(record(20, 0));
    expect(socket.room).toBe(SMALL_MEMORY_BYTES);
    for (let round = 0; round < 100; round += 1) socket.receive(record(16_384, 0));
    expect(socket.room).toBe(LARGE_MEMORY_BYTES);
    expect(memories.size).toBe(2);
  });

  it('puts records of one turn behind one another, and needs two memories for a seat that takes at its end', () => {
    const reader = new TunnelReader();
    const socket = new Socket(reader);
    let given: Uint8Array[] = [];
    const memories = new Set<ArrayBufferLike>();
    reader.hand({
      take: (bytes) => {
        given.push(bytes);
        memories.add(bytes.buffer);
      },
      isTaken: () => given.length === 0,
    });
    for (let turn = 0; turn < 200; turn += 1) {
      socket.receive(record(100, 0));
      socket.receive(record(100, 0));
      const [first, second] = given.slice(-2);
      if (first?.buffer === second?.buffer) expect((first?.byteOffset ?? 0) + 100).toBe(second?.byteOffset);
      given = [];
    }
    expect(memories.size).toBe(2);
  });

  it('needs two memories for a seat that always waits for the end of what came last', () => {
    const reader = new TunnelReader();
    const socket = new Socket(reader);
    const memories = new Set<ArrayBufferLike>();
    let last: ArrayBufferLike | null = null;
    reader.hand({
      take: ({ buffer }) => {
        last = buffer;
        memories.add(buffer);
      },
      isTaken: (memory) => memory !== last,
    });
    for (let turn = 0; turn < 200; turn += 1) socket.receive(record(16_384, 0));
    // The small one that it began with, and two.
    expect(memories.size).toBe(3);
  });

  it('stops the socket while nobody takes, and gives what came all the same first of all', () => {
    const reader = new TunnelReader();
    const socket = new Socket(reader);
    const taken: number[] = [];
    const taker = { take: (bytes: Uint8Array) => void taken.push(...bytes), isTaken: () => true };
    reader.hand(taker);
    socket.receive(Uint8Array.of(1, 2));
    reader.hand(null);
    socket.receive(Uint8Array.of(3));
    expect(socket.reads).toBe(false);
    socket.receive(Uint8Array.of(4));
    expect(taken).toEqual([1, 2]);
    reader.hand(taker);
    socket.receive(Uint8Array.of(5));
    expect([taken, socket.reads]).toEqual([[1, 2, 3, 4, 5], true]);
  });
});
