import { CELL_HEIGHT, CELL_WIDTH, glyphOf } from './font-9x16.ts';

/** The sixteen colours of a VGA text screen as 0xRRGGBB. */
export const PALETTE: readonly number[] = [
  0x000000, 0xaa0000, 0x00aa00, 0xaa5500, 0x0000aa, 0xaa00aa, 0x00aaaa, 0xaaaaaa, 0x555555, 0xff5555,
  0x55ff55, 0xffff55, 0x5555ff, 0xff55ff, 0x55ffff, 0xffffff,
];

const DEFAULT_FOREGROUND = 7;
const DEFAULT_BACKGROUND = 0;
const POINTER_COLOUR = 14;
const CLICK_COLOURS = [10, 11, 9];
const CLICK_MARKS_KEPT = 8;
const POINTER_REACH = 4;
const CLICK_REACH = 3;

interface Mark {
  x: number;
  y: number;
  colour: number;
}

/** What a viewer of the screen is told. */
export interface ScreenListener {
  cellChanged(column: number, row: number): void;
  resized(): void;
}

/**
 * A text screen that is also a picture: characters in cells, their glyphs as palette indices in `pixels`,
 * and on top the pointer and the last clicks, so that a test sees where the mouse went.
 */
export class TextScreen {
  columns: number;
  rows: number;
  /** One palette index a pixel, row by row. */
  pixels: Uint8Array;
  private characters: Uint8Array;
  private colours: Uint8Array;
  private column = 0;
  private row = 0;
  private cursorColumn = 0;
  private cursorRow = 0;
  private foreground = DEFAULT_FOREGROUND;
  private background = DEFAULT_BACKGROUND;
  private escape: string | null = null;
  private pointer: { x: number; y: number } | null = null;
  private clicks: Mark[] = [];
  private readonly listeners = new Set<ScreenListener>();

  constructor(columns = 80, rows = 25) {
    this.columns = columns;
    this.rows = rows;
    this.pixels = new Uint8Array(columns * CELL_WIDTH * rows * CELL_HEIGHT);
    this.characters = new Uint8Array(columns * rows).fill(0x20);
    this.colours = new Uint8Array(columns * rows).fill(DEFAULT_FOREGROUND);
    this.paintCursor();
  }

  get width(): number {
    return this.columns * CELL_WIDTH;
  }

  get height(): number {
    return this.rows * CELL_HEIGHT;
  }

  subscribe(listener: ScreenListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Writes text; understands CR, LF, BS, TAB, `ESC [ … m` (colours), `ESC [ 2 J`, `ESC [ K` and `ESC [ H`. */
  write(text: string): void {
    for (const character of text) this.put(character);
    this.paintCursor();
  }

  /** The screen as text, one line a row, blanks at the right cut off. */
  text(): string {
    const lines: string[] = [];
    for (let row = 0; row < this.rows; row++) {
      const codes = this.characters.subarray(row * this.columns, (row + 1) * this.columns);
      lines.push(String.fromCharCode(...codes).trimEnd());
    }
    return lines.join('\n');
  }

  /** Another text mode: the screen is empty afterwards and every listener is told. */
  resize(columns: number, rows: number): void {
    this.columns = columns;
    this.rows = rows;
    this.pixels = new Uint8Array(this.width * this.height);
    this.characters = new Uint8Array(columns * rows).fill(0x20);
    this.colours = new Uint8Array(columns * rows).fill(DEFAULT_FOREGROUND);
    this.column = this.row = this.cursorColumn = this.cursorRow = 0;
    this.pointer = null;
    this.clicks = [];
    for (const listener of this.listeners) listener.resized();
    this.paintCursor();
  }

  movePointer(x: number, y: number): void {
    const before = this.pointer;
    if (before?.x === x && before.y === y) return;
    this.pointer = { x, y };
    if (before) this.repaintAround(before.x, before.y, POINTER_REACH);
    this.repaintAround(x, y, POINTER_REACH);
  }

  /** Leaves a small square where a button went down; the last eight stay. */
  markClick(x: number, y: number, button: number): void {
    this.clicks.push({ x, y, colour: CLICK_COLOURS[button] ?? POINTER_COLOUR });
    const gone = this.clicks.length > CLICK_MARKS_KEPT ? this.clicks.shift() : undefined;
    if (gone) this.repaintAround(gone.x, gone.y, CLICK_REACH);
    this.repaintAround(x, y, CLICK_REACH);
  }

  private put(character: string): void {
    if (this.escape !== null) {
      this.escape += character;
      if (this.escape.length > 1 && /[@-~]/.test(character)) {
        this.obey(this.escape);
        this.escape = null;
      }
      return;
    }
    if (character === '\x1b') this.escape = '';
    else if (character === '\r') this.column = 0;
    else if (character === '\n') this.lineFeed();
    else if (character === '\b') this.column = Math.max(0, this.column - 1);
    else if (character === '\t') this.column = Math.min(this.columns - 1, (this.column | 7) + 1);
    else if (character >= ' ') this.printable(character.charCodeAt(0));
  }

  private printable(code: number): void {
    if (this.column >= this.columns) {
      this.column = 0;
      this.lineFeed();
    }
    this.setCell(this.column, this.row, code > 0xff ? 0x7f : code, this.foreground | (this.background << 4));
    this.column++;
  }

  private lineFeed(): void {
    if (this.row < this.rows - 1) {
      this.row++;
      return;
    }
    for (let row = 0; row < this.rows - 1; row++) {
      for (let column = 0; column < this.columns; column++) {
        const below = (row + 1) * this.columns + column;
        this.setCell(column, row, this.characters[below] ?? 0x20, this.colours[below] ?? DEFAULT_FOREGROUND);
      }
    }
    this.blank(0, this.rows - 1, this.columns);
  }

  private obey(sequence: string): void {
    const parameters = sequence.slice(1, -1).split(';').map(Number);
    switch (sequence.at(-1)) {
      case 'm':
        for (const parameter of parameters) this.setAttribute(parameter);
        break;
      case 'J':
        for (let row = 0; row < this.rows; row++) this.blank(0, row, this.columns);
        break;
      case 'K':
        this.blank(this.column, this.row, this.columns);
        break;
      case 'H':
        this.column = this.row = 0;
        break;
    }
  }

  private setAttribute(parameter: number): void {
    if (parameter === 0) {
      this.foreground = DEFAULT_FOREGROUND;
      this.background = DEFAULT_BACKGROUND;
    } else if (parameter === 1) this.foreground |= 8;
    else if (parameter >= 30 && parameter <= 37) this.foreground = (this.foreground & 8) | (parameter - 30);
    else if (parameter >= 40 && parameter <= 47) this.background = parameter - 40;
    else if (parameter >= 90 && parameter <= 97) this.foreground = parameter - 90 + 8;
  }

  private blank(from: number, row: number, to: number): void {
    for (let column = from; column < to; column++) this.setCell(column, row, 0x20, DEFAULT_FOREGROUND);
  }

  private setCell(column: number, row: number, code: number, colour: number): void {
    const at = row * this.columns + column;
    if (this.characters[at] === code && this.colours[at] === colour) return;
    this.characters[at] = code;
    this.colours[at] = colour;
    this.paintCell(column, row);
  }

  private paintCursor(): void {
    const { cursorColumn, cursorRow } = this;
    this.cursorColumn = Math.min(this.column, this.columns - 1);
    this.cursorRow = this.row;
    if (cursorColumn !== this.cursorColumn || cursorRow !== this.cursorRow)
      this.paintCell(cursorColumn, cursorRow);
    this.paintCell(this.cursorColumn, this.cursorRow);
  }

  private repaintAround(x: number, y: number, reach: number): void {
    const toColumn = Math.min(this.columns - 1, Math.floor((x + reach) / CELL_WIDTH));
    const toRow = Math.min(this.rows - 1, Math.floor((y + reach) / CELL_HEIGHT));
    for (let row = Math.max(0, Math.floor((y - reach) / CELL_HEIGHT)); row <= toRow; row++) {
      for (let column = Math.max(0, Math.floor((x - reach) / CELL_WIDTH)); column <= toColumn; column++) {
        this.paintCell(column, row);
      }
    }
  }

  private paintCell(column: number, row: number): void {
    const at = row * this.columns + column;
    const colour = this.colours[at] ?? DEFAULT_FOREGROUND;
    const glyph = glyphOf(this.characters[at] ?? 0x20);
    const isCursor = column === this.cursorColumn && row === this.cursorRow;
    for (let line = 0; line < CELL_HEIGHT; line++) {
      const bits = isCursor && line >= CELL_HEIGHT - 2 ? 0x1ff : (glyph[line] ?? 0);
      const start = (row * CELL_HEIGHT + line) * this.width + column * CELL_WIDTH;
      for (let x = 0; x < CELL_WIDTH; x++) {
        this.pixels[start + x] = bits & (0x100 >> x) ? colour & 15 : colour >> 4;
      }
    }
    this.paintMarks(column, row);
    for (const listener of this.listeners) listener.cellChanged(column, row);
  }

  private paintMarks(column: number, row: number): void {
    for (const click of this.clicks) {
      for (let y = -CLICK_REACH; y <= CLICK_REACH; y++) {
        for (let x = -CLICK_REACH; x <= CLICK_REACH; x++) {
          const isEdge = Math.max(Math.abs(x), Math.abs(y)) === CLICK_REACH;
          if (isEdge) this.paintMark(column, row, click.x + x, click.y + y, click.colour);
        }
      }
    }
    if (!this.pointer) return;
    for (let offset = -POINTER_REACH; offset <= POINTER_REACH; offset++) {
      this.paintMark(column, row, this.pointer.x + offset, this.pointer.y, POINTER_COLOUR);
      this.paintMark(column, row, this.pointer.x, this.pointer.y + offset, POINTER_COLOUR);
    }
  }

  /** Paints one pixel of a mark if it lies in the given cell. */
  private paintMark(column: number, row: number, x: number, y: number, colour: number): void {
    if (Math.floor(x / CELL_WIDTH) !== column || Math.floor(y / CELL_HEIGHT) !== row) return;
    this.pixels[y * this.width + x] = colour;
  }
}
