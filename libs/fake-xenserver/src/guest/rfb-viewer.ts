import type { Duplex } from 'node:stream';
import { ByteReader, StreamEnded } from './byte-reader.ts';
import type { Area } from './encode-rectangle.ts';
import { ENCODING_HEXTILE, ENCODING_RAW, encodeHextile, encodeRaw } from './encode-rectangle.ts';
import { CELL_HEIGHT, CELL_WIDTH } from './font-9x16.ts';
import { encodePixelFormat, NATIVE_FORMAT, paletteBytes, parsePixelFormat } from './pixel-format.ts';
import type { TextScreen } from './text-screen.ts';

/** Where a viewer's input goes. */
export interface RfbInput {
  key(keysym: number, down: boolean): void;
  pointer(x: number, y: number, buttons: number): void;
  cutText(text: string): void;
}

export interface RfbViewerOptions {
  stream: Duplex;
  screen: TextScreen;
  input: RfbInput;
  name: string;
  isFrozen(): boolean;
}

const VERSION = 'RFB 003.003\n';
const SECURITY_NONE = 1;
const ENCODING_DESKTOP_SIZE = -223;
const ENCODING_CURSOR = -239;
/** rfb.md §6.1 names 1 MiB as the bound of QEMU; the same holds here. */
const MAX_CUT_TEXT = 1024 * 1024;
const MAX_RECTANGLES = 2000;

/**
 * One client of the built-in screen, served as vncterm serves it (rfb.md §6.2): RFB 3.3 only, security None,
 * Raw and Hextile, DesktopSize and Cursor, and the end of the connection for every other message.
 */
export class RfbViewer {
  private colours = paletteBytes(NATIVE_FORMAT);
  private encoding = ENCODING_RAW;
  private knowsDesktopSize = false;
  private cursorPending = false;
  private sizePending = false;
  private ready = false;
  private full: Area | null = null;
  private wanted: Area | null = null;
  private dirty: Uint8Array;
  private seenWidth: number;
  private seenHeight: number;
  private flushing = false;
  private readonly unsubscribe: () => void;

  constructor(private readonly options: RfbViewerOptions) {
    const { screen, stream } = options;
    this.dirty = new Uint8Array(screen.columns * screen.rows);
    this.seenWidth = screen.width;
    this.seenHeight = screen.height;
    this.unsubscribe = screen.subscribe({
      cellChanged: (column, row) => {
        this.dirty[row * screen.columns + column] = 1;
        this.schedule();
      },
      resized: () => this.resized(),
    });
    stream.on('drain', () => this.schedule());
  }

  /** Serves until the client goes or says something that this server does not know. */
  async serve(): Promise<void> {
    try {
      const reader = new ByteReader(this.options.stream);
      if (await this.handshake(reader)) while (await this.message(reader));
    } catch (error) {
      if (!(error instanceof StreamEnded)) throw error;
    } finally {
      this.unsubscribe();
      this.ready = false;
      this.options.stream.end();
    }
  }

  /** Looks again whether something may be sent; for the moment when a frozen screen thaws. */
  schedule(): void {
    if (!this.ready || this.flushing) return;
    this.flushing = true;
    setImmediate(() => {
      this.flushing = false;
      this.flush();
    });
  }

  private async handshake(reader: ByteReader): Promise<boolean> {
    const { stream, screen, name } = this.options;
    stream.write(VERSION);
    const version = (await reader.take(12)).toString('latin1');
    // rfb.md §6.2: accepts client 3.3 or 3.4, closes on 3.7 or 3.8.
    if (version !== VERSION && version !== 'RFB 003.004\n') return false;
    // rfb.md §1: in 3.3 the server chooses, with a u32, and no SecurityResult follows None.
    stream.write(Buffer.of(0, 0, 0, SECURITY_NONE));
    await reader.take(1); // rfb.md §6.2: the shared flag is ignored.
    const title = Buffer.from(name, 'utf8');
    const init = Buffer.alloc(8);
    init.writeUInt16BE(screen.width, 0);
    init.writeUInt16BE(screen.height, 2);
    init.writeUInt32BE(title.length, 4);
    this.seenWidth = screen.width;
    this.seenHeight = screen.height;
    stream.write(
      Buffer.concat([init.subarray(0, 4), encodePixelFormat(NATIVE_FORMAT), init.subarray(4), title]),
    );
    this.ready = true;
    return true;
  }

  /** Reads one client message (rfb.md §2). @returns false when the connection is to end */
  private async message(reader: ByteReader): Promise<boolean> {
    const type = (await reader.take(1)).readUInt8(0);
    switch (type) {
      case 0: {
        const format = parsePixelFormat((await reader.take(19)).subarray(3));
        if (!format) return false;
        this.colours = paletteBytes(format);
        return true;
      }
      case 2: {
        const count = (await reader.take(3)).readUInt16BE(1);
        this.setEncodings(await reader.take(count * 4));
        return true;
      }
      case 3:
        this.request(await reader.take(9));
        return true;
      case 4: {
        const body = await reader.take(7);
        this.options.input.key(body.readUInt32BE(3), body.readUInt8(0) !== 0);
        return true;
      }
      case 5: {
        const body = await reader.take(5);
        this.options.input.pointer(body.readUInt16BE(1), body.readUInt16BE(3), body.readUInt8(0));
        return true;
      }
      case 6: {
        const length = (await reader.take(7)).readUInt32BE(3);
        if (length > MAX_CUT_TEXT) return false;
        this.options.input.cutText((await reader.take(length)).toString('latin1'));
        return true;
      }
      case 254:
        // XenSource scan codes (rfb.md §2): understood in length; the key events beside them do the typing.
        await reader.take(7);
        return true;
      default:
        return false;
    }
  }

  private setEncodings(list: Buffer): void {
    const encodings: number[] = [];
    for (let at = 0; at < list.length; at += 4) encodings.push(list.readInt32BE(at));
    // rfb.md §6.2: the preferred one is the first listed.
    this.encoding = encodings.find((e) => e === ENCODING_RAW || e === ENCODING_HEXTILE) ?? ENCODING_RAW;
    this.knowsDesktopSize = encodings.includes(ENCODING_DESKTOP_SIZE);
    this.cursorPending = encodings.includes(ENCODING_CURSOR);
  }

  private request(body: Buffer): void {
    const area = {
      x: body.readUInt16BE(1),
      y: body.readUInt16BE(3),
      w: body.readUInt16BE(5),
      h: body.readUInt16BE(7),
    };
    if (body.readUInt8(0) === 0) this.full = this.full ? surround(this.full, area) : area;
    else this.wanted = this.wanted ? surround(this.wanted, area) : area;
    this.schedule();
  }

  private resized(): void {
    const { screen } = this.options;
    this.dirty = new Uint8Array(screen.columns * screen.rows).fill(1);
    this.sizePending = this.knowsDesktopSize;
    this.schedule();
  }

  private flush(): void {
    const { stream, screen } = this.options;
    const request = this.full ?? this.wanted;
    if (!request || stream.destroyed || stream.writableNeedDrain || this.options.isFrozen()) return;
    const rectangles: Buffer[] = [];
    if (this.sizePending) {
      this.sizePending = false;
      this.seenWidth = screen.width;
      this.seenHeight = screen.height;
      // Alone in its update: after it the client has to ask for the new area (rfb.md §7.7).
      rectangles.push(head({ x: 0, y: 0, w: screen.width, h: screen.height }, ENCODING_DESKTOP_SIZE));
    } else {
      if (this.cursorPending) rectangles.push(this.cursorShape());
      this.cursorPending = false;
      for (const area of this.areas(request)) rectangles.push(this.encode(area));
    }
    if (rectangles.length === 0) return;
    this.full = this.wanted = null;
    const update = Buffer.alloc(4);
    update.writeUInt16BE(rectangles.length, 2);
    stream.write(Buffer.concat([update, ...rectangles]));
  }

  /** What to send for the request: the whole area if it was not incremental, else only what changed. */
  private areas(request: Area): Area[] {
    const bounds = clip(request, {
      x: 0,
      y: 0,
      w: Math.min(this.seenWidth, this.options.screen.width),
      h: Math.min(this.seenHeight, this.options.screen.height),
    });
    if (!bounds) return [];
    const changed = this.takeDirty(bounds);
    return this.full ? [bounds] : changed;
  }

  /** Collects the changed cells inside the bounds as rectangles; cells that stick out stay marked. */
  private takeDirty(bounds: Area): Area[] {
    const { columns, rows } = this.options.screen;
    const areas: Area[] = [];
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        if (!this.dirty[row * columns + column]) continue;
        let end = column + 1;
        while (end < columns && this.dirty[row * columns + end]) end++;
        const run = {
          x: column * CELL_WIDTH,
          y: row * CELL_HEIGHT,
          w: (end - column) * CELL_WIDTH,
          h: CELL_HEIGHT,
        };
        const visible = clip(run, bounds);
        if (visible) {
          const above = areas.at(-1);
          const joins =
            above && above.x === visible.x && above.w === visible.w && above.y + above.h === visible.y;
          if (joins) above.h += visible.h;
          else areas.push(visible);
          if (visible.w === run.w && visible.h === run.h)
            this.dirty.fill(0, row * columns + column, row * columns + end);
        }
        column = end;
      }
    }
    return areas.length > MAX_RECTANGLES ? [bounds] : areas;
  }

  private encode(area: Area): Buffer {
    const { screen } = this.options;
    const picture = { pixels: screen.pixels, width: screen.width, colours: this.colours };
    const body = this.encoding === ENCODING_HEXTILE ? encodeHextile(picture, area) : encodeRaw(picture, area);
    return Buffer.concat([head(area, this.encoding), body]);
  }

  /** A one-pixel cursor (rfb.md §4.1): the real mark is part of the picture, seen by all. */
  private cursorShape(): Buffer {
    const pixel = this.colours[15] ?? Buffer.alloc(4);
    return Buffer.concat([head({ x: 0, y: 0, w: 1, h: 1 }, ENCODING_CURSOR), pixel, Buffer.of(0x80)]);
  }
}

function head(area: Area, encoding: number): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt16BE(area.x, 0);
  bytes.writeUInt16BE(area.y, 2);
  bytes.writeUInt16BE(area.w, 4);
  bytes.writeUInt16BE(area.h, 6);
  bytes.writeInt32BE(encoding, 8);
  return bytes;
}

function clip(area: Area, bounds: Area): Area | null {
  const x = Math.max(area.x, bounds.x);
  const y = Math.max(area.y, bounds.y);
  const w = Math.min(area.x + area.w, bounds.x + bounds.w) - x;
  const h = Math.min(area.y + area.h, bounds.y + bounds.h) - y;
  return w > 0 && h > 0 ? { x, y, w, h } : null;
}

function surround(a: Area, b: Area): Area {
  const x = Math.min(a.x, b.x);
  const y = Math.min(a.y, b.y);
  return { x, y, w: Math.max(a.x + a.w, b.x + b.w) - x, h: Math.max(a.y + a.h, b.y + b.h) - y };
}
