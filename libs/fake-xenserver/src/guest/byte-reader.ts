import type { Duplex } from 'node:stream';

/** The peer closed before the bytes asked for had come. */
export class StreamEnded extends Error {
  override name = 'StreamEnded';
}

/** Reads exact numbers of bytes from a stream; nothing else may read from it meanwhile. */
export class ByteReader {
  private ended = false;
  private wake: (() => void) | null = null;

  constructor(private readonly stream: Duplex) {
    const end = () => {
      this.ended = true;
      this.wake?.();
    };
    stream.on('readable', () => this.wake?.());
    stream.on('end', end);
    stream.on('close', end);
    stream.on('error', end);
  }

  /** @throws StreamEnded when the stream ends first */
  async take(count: number): Promise<Buffer> {
    if (count === 0) return Buffer.alloc(0);
    for (;;) {
      const bytes: unknown = this.stream.read(count);
      if (bytes instanceof Buffer && bytes.length === count) return bytes;
      if (bytes !== null || this.ended || this.stream.destroyed) throw new StreamEnded();
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
      this.wake = null;
    }
  }
}
