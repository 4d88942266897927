import {
  type Area,
  type ClientMessage,
  ClientMessageParser,
  ENCODING,
  encodeDesktopSize,
  encodeRawUpdate,
  encodeServerInit,
  encodeSingleUpdate,
} from '@porthole/rfb';

/**
 * A host for tests of screens, spoken to as the hub does: it paints what it is told to, answers as many requests as it
 * was asked, and knows its own picture.
 */
export class ScreenHost {
  width: number;
  height: number;
  colours: Uint32Array;
  /** What it was told, and what it was asked for and has not answered. */
  readonly heard: ClientMessage[] = [];
  readonly #say: (bytes: Uint8Array) => void;
  readonly #parser = new ClientMessageParser();
  #breath = Number.POSITIVE_INFINITY;
  #greeted = 0;
  #owed: 'change' | 'everything' | null = null;
  #changed: Area[] = [];
  #sizeUntold = false;

  constructor(width: number, height: number, say: (bytes: Uint8Array) => void) {
    this.width = width;
    this.height = height;
    this.colours = new Uint32Array(width * height);
    this.#say = (bytes) => {
      const said = bytes.subarray(0, Math.min(bytes.length, this.#breath));
      this.#breath -= said.length;
      if (said.length > 0) say(said);
    };
  }

  /** Says `bytes` more and then nothing, wherever in a message that is. */
  silence(bytes = 0): void {
    this.#breath = bytes;
  }

  greet(): void {
    this.#say(Buffer.from('RFB 003.003\n'));
    this.#say(Buffer.of(0, 0, 0, 1));
    this.#say(encodeServerInit({ width: this.width, height: this.height, name: 'web' }));
  }

  get encodings(): readonly number[] {
    const asked = this.heard.findLast((message) => message.type === 'set-encodings');
    return asked?.type === 'set-encodings' ? asked.encodings : [];
  }

  /** Version and ClientInit first, then messages. */
  hear(bytes: Uint8Array): void {
    const greeting = Math.min(13 - this.#greeted, bytes.length);
    this.#greeted += greeting;
    for (const message of this.#parser.push(bytes.subarray(greeting))) {
      this.heard.push(message);
      if (message.type === 'update-request')
        this.#owed = message.incremental && this.#owed !== 'everything' ? 'change' : 'everything';
    }
  }

  paint(area: Area, colour: (x: number, y: number) => number): void {
    for (let y = area.y; y < area.y + area.height; y += 1)
      for (let x = area.x; x < area.x + area.width; x += 1)
        this.colours[y * this.width + x] = colour(x, y) & 0xffffff;
    this.#changed.push(area);
  }

  /**
   * Begins anew with an even picture, and says the size. A new size voids what was asked for, and all is asked for again;
   * where the size is as before nothing is void, so the picture is a change like any other.
   */
  resize(width: number, height: number): void {
    const isSame = width === this.width && height === this.height;
    this.width = width;
    this.height = height;
    this.colours = new Uint32Array(width * height).fill(0x102030);
    this.#changed = isSame ? [{ x: 0, y: 0, width, height }] : [];
    this.#sizeUntold = true;
  }

  /** Answers what it was asked for, if there is anything to say. */
  answer(): void {
    if (this.#owed === null) return;
    if (this.#sizeUntold) {
      this.#owed = null;
      this.#sizeUntold = false;
      this.#say(encodeDesktopSize(this.width, this.height));
      return;
    }
    const { width, height } = this;
    const areas = this.#owed === 'everything' ? [{ x: 0, y: 0, width, height }] : this.#changed;
    if (areas.length === 0) return;
    this.#owed = null;
    this.#changed = [];
    for (const area of areas) this.#say(encodeRawUpdate(area, this.#pixels(area)));
  }

  /** Moves a part of the picture and says so in four bytes, unasked. */
  copy(area: Area, fromX: number, fromY: number): void {
    const before = this.colours.slice();
    this.paint(area, (x, y) => before[(fromY + y - area.y) * this.width + fromX + x - area.x] ?? 0);
    this.#changed.pop();
    if (this.#changed.length > 0 || this.#sizeUntold) this.#changed.push(area);
    else
      this.#say(
        encodeSingleUpdate(area, ENCODING.copyRect, Uint8Array.of(fromX >> 8, fromX, fromY >> 8, fromY)),
      );
  }

  #pixels({ x, y, width, height }: Area): Uint8Array {
    const rows = new Uint32Array(width * height);
    for (let row = 0; row < height; row += 1) {
      const start = (y + row) * this.width + x;
      rows.set(this.colours.subarray(start, start + width), row * width);
    }
    return new Uint8Array(rows.buffer);
  }
}
