const HANDSHAKE = 'RFB 003.003\n';
const HANDSHAKE_BYTES = HANDSHAKE.length + 1;
/** Lengths of the messages that the watch knows: type, fixed length, and for 2 and 6 where a count stands. */
const FIXED: Readonly<Record<number, number>> = { 0: 20, 3: 10, 4: 8, 5: 6, 255: 12 };
const KEY = 4;
const POINTER = 5;
const QEMU = 255;

/**
 * The small parser that watches a client's bytes for the console idle time-out (xenapi.md §4.5): it demands
 * RFB 003.003 and a ClientInit of 0 or 1, then knows seven messages; anything else makes it give up, and then no
 * time-out applies.
 */
export class IdleWatch {
  /** The client speaks something that the watch does not follow: nothing will be cut. */
  hasGivenUp = false;
  lastActive: number;
  private pending: Buffer = Buffer.alloc(0);
  private skip = 0;
  private isGreeted = false;

  constructor(private readonly now: () => number) {
    this.lastActive = now();
  }

  feed(bytes: Buffer): void {
    if (this.hasGivenUp) return;
    this.pending = Buffer.concat([this.pending, bytes]);
    while (!this.hasGivenUp && this.step());
  }

  /** Takes one message, or part of a long one. @returns false when more bytes are needed first */
  private step(): boolean {
    if (this.skip > 0) {
      const taken = Math.min(this.skip, this.pending.length);
      this.pending = this.pending.subarray(taken);
      this.skip -= taken;
      return this.skip === 0 && taken > 0;
    }
    return this.isGreeted ? this.message() : this.handshake();
  }

  private handshake(): boolean {
    if (this.pending.length < HANDSHAKE_BYTES) return false;
    const isKnown = this.pending.toString('latin1', 0, HANDSHAKE.length) === HANDSHAKE;
    this.hasGivenUp = !isKnown || this.pending.readUInt8(HANDSHAKE.length) > 1;
    this.pending = this.pending.subarray(HANDSHAKE_BYTES);
    this.isGreeted = true;
    return true;
  }

  private message(): boolean {
    const type = this.pending[0];
    if (type === undefined) return false;
    let length = FIXED[type];
    if (type === 2) {
      if (this.pending.length < 4) return false;
      length = 4 + 4 * this.pending.readUInt16BE(2);
    } else if (type === 6) {
      if (this.pending.length < 8) return false;
      length = 8 + this.pending.readUInt32BE(4);
    }
    if (length === undefined) {
      this.hasGivenUp = true;
      return false;
    }
    if (type === KEY || type === POINTER || type === QEMU) this.lastActive = this.now();
    this.skip = length;
    return this.pending.length > 0;
  }
}
