import type { BodyWalker } from './body-walker.ts';
import { CountedWalker } from './counted-walker.ts';
import { ENCODING, type EncodingName, encodingName, isPicture } from './encodings.ts';
import { endOfUpdate, isFlowing } from './finish-message.ts';
import type { Framebuffer } from './framebuffer.ts';
import { HextileWalker } from './hextile-walker.ts';
import {
  assertDesktopSize,
  MAX_CURSOR_SIDE,
  MAX_CUT_TEXT_BYTES,
  MAX_NAME_BYTES,
  MAX_SKIPPED_CUT_TEXT_BYTES,
} from './limits.ts';
import type { Area } from './messages-to-seat.ts';
import { BYTES_PER_PIXEL } from './pixel-format.ts';
import { RfbError } from './rfb-error.ts';
import { RreWalker } from './rre-walker.ts';
import { readScreens, SCREEN_BYTES } from './screen.ts';
import { decodeText } from './text.ts';
import { TightWalker } from './tight-walker.ts';
import { UpdateTally } from './update-tally.ts';
import type { ServerMessageName, WalkerEvent } from './walker-event.ts';
import { walkWholeRectangles } from './whole-rectangles.ts';

/** What the next bytes are the head of. */
type Phase = 'type' | 'update' | 'rectangle' | 'cut-text' | 'name' | 'screens';

const PHASE_BYTES: Record<Phase, number> = {
  type: 1,
  update: 3,
  rectangle: 12,
  'cut-text': 7,
  name: 4,
  screens: 4,
};
const LONGEST_HEAD = 12;

interface Rectangle extends Area {
  readonly encoding: EncodingName;
  readonly picture: boolean;
  readonly start: number;
}

/**
 * Walks what a host sends after its ServerInit, in the hub's pixel format, and tells where messages and rectangles begin
 * and end. It changes nothing and keeps nothing but the few bytes of a head. Anything beyond the closed list of
 * architecture §2 is refused: its length is not known, so nothing behind it could be believed.
 */
export class ServerStreamWalker {
  /** Whether each rectangle is told when it has come; else an update tells their sums. May be set between two messages. */
  tellsRectangles = true;
  /** Where pictures are painted while they are walked; may be set between two messages. */
  framebuffer: Framebuffer | null = null;

  readonly #emit: (event: WalkerEvent) => void;
  readonly #counted = new CountedWalker();
  readonly #hextile = new HextileWalker();
  readonly #rre = new RreWalker();
  readonly #tight = new TightWalker();
  readonly #update = new UpdateTally();
  readonly #head = new Uint8Array(LONGEST_HEAD);
  readonly #headView = new DataView(this.#head.buffer);
  #headFilled = 0;
  #phase: Phase = 'type';
  #body: BodyWalker | null = null;
  #width: number;
  #height: number;
  #walked = 0;
  #message: ServerMessageName = 'update';
  #messageStart = 0;
  #rectangle: Rectangle = { x: 0, y: 0, width: 0, height: 0, encoding: 'raw', picture: true, start: 0 };
  #cutTextLength = 0;
  #failure: RfbError | null = null;

  /** @param init the size of ServerInit; `emit` is called while bytes are walked, in their order */
  constructor(init: {
    readonly width: number;
    readonly height: number;
    readonly emit: (event: WalkerEvent) => void;
  }) {
    assertDesktopSize(init.width, init.height);
    this.#width = init.width;
    this.#height = init.height;
    this.#emit = init.emit;
  }

  /** Bytes walked so far. */
  get offset(): number {
    return this.#walked;
  }

  /** True between two messages: here something else may be said to the seat. */
  get atBoundary(): boolean {
    return this.#phase === 'type' && this.#body === null;
  }

  /**
   * Up to here a viewer may be given the bytes and, should no more come, be brought to the end of the message by
   * `finish`. It stands still inside of heads, and of bodies that nothing but the host can end: half a zlib stream.
   */
  get passableOffset(): number {
    if (this.atBoundary) return this.#walked;
    if (this.#phase === 'update' || this.#message === 'cut-text') return this.#messageStart;
    if (this.#body === null && this.#phase === 'rectangle') return this.#walked - this.#headFilled;
    return this.#isFlowing ? this.#walked : this.#rectangle.start;
  }

  get size(): { readonly width: number; readonly height: number } {
    return { width: this.#width, height: this.#height };
  }

  /**
   * Walks the next bytes of the stream, cut anywhere.
   * @throws RfbError rfb/unexpected-message, rfb/unexpected-encoding, rfb/bad-rectangle, rfb/colour-map,
   *   rfb/desktop-too-large, rfb/name-too-long, rfb/cut-text-too-long; from then on always
   */
  push(chunk: Uint8Array): void {
    if (this.#failure !== null) throw this.#failure;
    try {
      this.#walk(chunk);
    } catch (error) {
      if (error instanceof RfbError) this.#failure = error;
      throw error;
    }
  }

  /**
   * For a host that ended in the middle of a message. The walker takes nothing more afterwards.
   * @param knowsLastRect whether the viewer asked for LastRect
   * @returns what ends the message for a viewer that was given everything up to `passableOffset`
   */
  finish(knowsLastRect: boolean): Uint8Array[] {
    this.#failure ??= new RfbError('rfb/unexpected-message', { reason: 'finished' });
    if (this.atBoundary || this.#phase === 'update' || this.#message === 'cut-text') return [];
    return endOfUpdate(this.#isFlowing ? this.#body : null, this.#update, knowsLastRect);
  }

  /** True where a viewer was given the head of an update and waits for its end. */
  get isInUpdate(): boolean {
    return !this.atBoundary && this.#message === 'update' && this.#phase !== 'update';
  }

  get #isFlowing(): boolean {
    return this.#body !== null && this.#message === 'update' && isFlowing(this.#rectangle.encoding);
  }

  #walk(chunk: Uint8Array): void {
    const base = this.#walked;
    let position = 0;
    for (;;) {
      if (this.#body !== null) {
        if (this.#body === this.#tight) position = this.#walkTight(chunk, position, base);
        else position = this.#body.walk(chunk, position);
        this.#walked = base + position;
        if (!this.#body.done) return;
        this.#body = null;
        this.#endBody();
      } else if (position === chunk.length) return;
      else {
        if (this.#mayHurry) {
          const end = this.#walkWhole(chunk, position, base);
          const isAny = end > position;
          position = end;
          if (isAny) continue;
        }
        position = this.#fillHead(chunk, position);
        this.#walked = base + position;
        if (this.#headFilled < PHASE_BYTES[this.#phase]) return;
        this.#headFilled = 0;
        this.#takeHead();
      }
    }
  }

  /** Whether a rectangle begins that nobody wants to be told of. */
  get #mayHurry(): boolean {
    return (
      this.#phase === 'rectangle' &&
      this.#headFilled === 0 &&
      !this.tellsRectangles &&
      this.framebuffer === null
    );
  }

  #walkWhole(chunk: Uint8Array, start: number, base: number): number {
    const end = walkWholeRectangles(chunk, start, {
      width: this.#width,
      height: this.#height,
      tally: this.#update,
      tight: this.#tight,
    });
    this.#walked = base + end;
    if (this.#update.isOver) this.#endMessage();
    return end;
  }

  #fillHead(chunk: Uint8Array, start: number): number {
    const head = this.#head;
    let filled = this.#headFilled;
    const end = Math.min(chunk.length, start + PHASE_BYTES[this.#phase] - filled);
    for (let position = start; position < end; position += 1) {
      head[filled] = chunk[position] ?? 0;
      filled += 1;
    }
    this.#headFilled = filled;
    return end;
  }

  #takeHead(): void {
    const head = this.#headView;
    // By far the most heads are of rectangles: a screen of text comes in thousands of small ones.
    if (this.#phase === 'rectangle') this.#beginRectangle(head);
    else if (this.#phase === 'type') this.#beginMessage(head.getUint8(0));
    else if (this.#phase === 'update') this.#beginUpdate(head.getUint16(1));
    else if (this.#phase === 'cut-text') this.#beginCutText(head.getUint32(3));
    else if (this.#phase === 'name') this.#beginName(head.getUint32(0));
    else this.#body = this.#counted.keep(SCREEN_BYTES * head.getUint8(0));
  }

  #beginMessage(type: number): void {
    this.#messageStart = this.#walked - 1;
    if (type === 1) throw new RfbError('rfb/colour-map');
    if (type !== 0 && type !== 2 && type !== 3) throw new RfbError('rfb/unexpected-message', { type });
    this.#message = type === 0 ? 'update' : type === 2 ? 'bell' : 'cut-text';
    this.#emit({ type: 'message-start', message: this.#message, offset: this.#messageStart });
    if (type === 2) this.#endMessage();
    else this.#phase = type === 0 ? 'update' : 'cut-text';
  }

  #endMessage(): void {
    const update = this.#message === 'update' ? this.#update.summary() : null;
    this.#phase = 'type';
    this.#emit({
      type: 'message-end',
      message: this.#message,
      start: this.#messageStart,
      end: this.#walked,
      update,
    });
  }

  #beginUpdate(count: number): void {
    this.#update.begin(count, this.#width, this.#height);
    this.framebuffer?.beginUpdate();
    if (count === 0) this.#endMessage();
    else this.#phase = 'rectangle';
  }

  #beginRectangle(head: DataView): void {
    const encoding = head.getInt32(8);
    const name = encodingName(encoding);
    if (name === null) throw new RfbError('rfb/unexpected-encoding', { encoding });
    const x = head.getUint16(0);
    const y = head.getUint16(2);
    const width = head.getUint16(4);
    const height = head.getUint16(6);
    const picture = isPicture(name);
    this.#rectangle = {
      x,
      y,
      width,
      height,
      encoding: name,
      picture,
      start: this.#walked - PHASE_BYTES.rectangle,
    };
    if (picture && (x + width > this.#width || y + height > this.#height)) {
      throw new RfbError('rfb/bad-rectangle', { reason: 'outside', x, y, width, height });
    }
    this.#update.admit(picture ? width * height : 0);
    this.#body = this.framebuffer?.painterFor(name, this.#rectangle) ?? this.#bodyOf(name, width, height);
    if (name === 'desktopName') this.#phase = 'name';
    else if (name === 'extendedDesktopSize') this.#phase = 'screens';
  }

  /** null where another head comes first. */
  #bodyOf(name: EncodingName, width: number, height: number): BodyWalker | null {
    switch (name) {
      case 'raw':
        return this.#counted.skip(width * height * BYTES_PER_PIXEL);
      case 'copyRect':
        return this.#counted.skip(4);
      case 'rre':
        return this.#rre.begin(width, height);
      case 'hextile':
        return this.#hextile.begin(width, height);
      case 'tight':
        return this.#tight.begin(width, height);
      case 'cursor':
        return this.#counted.keep(cursorBytes(width, height));
      case 'qemuLed':
        return this.#counted.keep(1);
      case 'desktopName':
      case 'extendedDesktopSize':
        return null;
      case 'desktopSize':
      case 'lastRect':
      case 'qemuKey':
        return this.#counted.skip(0);
    }
  }

  #walkTight(chunk: Uint8Array, position: number, base: number): number {
    try {
      return this.#tight.walk(chunk, position);
    } finally {
      // Also where the body is refused further on: what was told must not depend on how the stream was cut.
      const stream = this.#tight.firstUseOf;
      this.#tight.firstUseOf = null;
      if (stream !== null) this.#emit({ type: 'tight-stream-start', stream, offset: base + position });
    }
  }

  #endBody(): void {
    if (this.#message === 'cut-text') {
      const text = this.#cutTextLength > MAX_CUT_TEXT_BYTES ? null : this.#counted.kept;
      this.#emit({ type: 'cut-text', text, length: this.#cutTextLength });
      this.#endMessage();
      return;
    }
    const { encoding, picture } = this.#rectangle;
    if (!picture) this.#tell(encoding);
    this.#count();
    this.#phase = 'rectangle';
    if (this.#update.isOver || encoding === 'lastRect') this.#endMessage();
  }

  #count(): void {
    const rectangle = this.#rectangle;
    const { x, y, width, height, encoding, picture, start } = rectangle;
    const pixels = picture ? width * height : 0;
    this.#update.add(encoding, pixels);
    if (picture) this.framebuffer?.note(encoding, rectangle);
    if (!this.tellsRectangles) return;
    this.#emit({ type: 'rectangle', encoding, x, y, width, height, pixels, start, end: this.#walked });
  }

  /** What the rectangles say that paint nothing. */
  #tell(encoding: EncodingName): void {
    const { x, y, width, height } = this.#rectangle;
    const kept = this.#counted.kept;
    if (encoding === 'desktopSize') this.#resize(width, height, { screens: [], reason: 0, status: 0 });
    else if (encoding === 'extendedDesktopSize') {
      const screens = readScreens(new DataView(kept.buffer), 0, kept.length / SCREEN_BYTES);
      this.#resize(width, height, { screens, reason: x, status: y });
    } else if (encoding === 'desktopName') this.#emit({ type: 'desktop-name', name: decodeText(kept) });
    else if (encoding === 'qemuLed') this.#emit({ type: 'led-state', state: kept[0] ?? 0 });
    else if (encoding === 'qemuKey') this.#emit({ type: 'qemu-key' });
    else if (encoding === 'cursor') this.#emit({ type: 'cursor', x, y, width, height, body: kept });
  }

  #resize(
    width: number,
    height: number,
    told: Pick<WalkerEvent & { type: 'desktop-size' }, 'screens' | 'reason' | 'status'>,
  ) {
    if (told.status === 0) {
      assertDesktopSize(width, height);
      const changed = width !== this.#width || height !== this.#height;
      this.#width = width;
      this.#height = height;
      if (changed) {
        this.#update.resized(width, height);
        this.framebuffer?.resize(width, height);
      }
    }
    this.#emit({ type: 'desktop-size', width: this.#width, height: this.#height, ...told });
  }

  #beginCutText(length: number): void {
    // A negative length would be the extended clipboard, which is never asked for: it is refused as too long.
    if (length > MAX_SKIPPED_CUT_TEXT_BYTES) throw new RfbError('rfb/cut-text-too-long', { length });
    this.#cutTextLength = length;
    this.#body = length > MAX_CUT_TEXT_BYTES ? this.#counted.skip(length) : this.#counted.keep(length);
  }

  #beginName(length: number): void {
    if (length > MAX_NAME_BYTES) throw new RfbError('rfb/name-too-long', { length });
    this.#body = this.#counted.keep(length);
  }
}

/** Pixels, then a mask of one bit each, rows padded to whole bytes (RFC 6143 §7.8.1). */
function cursorBytes(width: number, height: number): number {
  if (width > MAX_CURSOR_SIDE || height > MAX_CURSOR_SIDE) {
    throw new RfbError('rfb/bad-rectangle', { encoding: ENCODING.cursor, width, height });
  }
  return width * height * BYTES_PER_PIXEL + Math.ceil(width / 8) * height;
}
