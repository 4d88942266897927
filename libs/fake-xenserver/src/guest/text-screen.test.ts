import { describe, expect, it } from 'vitest';
import { CELL_HEIGHT, CELL_WIDTH, glyphOf } from './font-9x16.ts';
import { TextScreen } from './text-screen.ts';

/** Whether a cell shows exactly the glyph of a character, in any two colours. */
function shows(screen: TextScreen, column: number, row: number, character: string): boolean {
  const glyph = glyphOf(character.charCodeAt(0));
  for (let y = 0; y < CELL_HEIGHT; y++) {
    for (let x = 0; x < CELL_WIDTH; x++) {
      const pixel = screen.pixels[(row * CELL_HEIGHT + y) * screen.width + column * CELL_WIDTH + x];
      if ((pixel !== 0) !== (((glyph[y] ?? 0) & (0x100 >> x)) !== 0)) return false;
    }
  }
  return true;
}

describe('the font', () => {
  it('has a glyph of its own for each printable character', () => {
    const codes = Array.from({ length: 95 }, (_, at) => 0x20 + at);
    expect(new Set(codes.map((code) => glyphOf(code).join())).size).toBe(95);
    expect(glyphOf(0x20).every((row) => row === 0)).toBe(true);
  });

  it('shows a hollow box for what it lacks', () => {
    expect(glyphOf(0xe9)).toEqual(glyphOf(0x7f));
    expect(glyphOf(0xe9).some((row) => row !== 0)).toBe(true);
  });
});

describe('TextScreen', () => {
  it('is 720x400 and paints the characters that are written', () => {
    const screen = new TextScreen();
    expect([screen.width, screen.height]).toEqual([720, 400]);
    screen.write('Hi\r\nthere');
    expect(screen.text().split('\n').slice(0, 2)).toEqual(['Hi', 'there']);
    expect(shows(screen, 0, 0, 'H')).toBe(true);
    expect(shows(screen, 4, 1, 'e')).toBe(true);
    expect(shows(screen, 4, 1, 'f')).toBe(false);
  });

  it('scrolls at the bottom and wraps at the right', () => {
    const screen = new TextScreen(10, 3);
    screen.write('a\r\nb\r\nc\r\n0123456789x');
    expect(screen.text()).toBe('c\n0123456789\nx');
  });

  it('erases, clears, and obeys colours', () => {
    const screen = new TextScreen(20, 2);
    screen.write('ab\b \b\x1b[31mR');
    expect(screen.text()).toBe('aR\n');
    expect(screen.pixels.includes(1)).toBe(true);
    screen.write('\x1b[0m\x1b[2J\x1b[Hnew');
    expect(screen.text()).toBe('new\n');
    expect(screen.pixels.includes(1)).toBe(false);
  });

  it('tells which cells changed, and only those', () => {
    const screen = new TextScreen(20, 2);
    const changed = new Set<string>();
    screen.subscribe({
      cellChanged: (column, row) => changed.add(`${column},${row}`),
      resized: () => undefined,
    });
    screen.write('x');
    expect(changed).toEqual(new Set(['0,0', '1,0']));
  });

  it('draws the pointer and leaves a mark where a button went down', () => {
    const screen = new TextScreen();
    const at = (x: number, y: number) => screen.pixels[y * 720 + x];
    screen.movePointer(300, 200);
    expect(at(300, 200)).toBe(14);
    expect(at(304, 200)).toBe(14);
    screen.markClick(300, 200, 0);
    screen.movePointer(100, 100);
    expect(at(304, 200)).toBe(0);
    expect(at(303, 203)).toBe(10);
    expect(at(100, 100)).toBe(14);
  });

  it('is empty after a change of its size, and tells of it', () => {
    const screen = new TextScreen();
    let told = 0;
    screen.subscribe({ cellChanged: () => undefined, resized: () => told++ });
    screen.write('text');
    screen.resize(100, 37);
    expect([screen.width, screen.height, told]).toEqual([900, 592, 1]);
    expect(screen.text().trim()).toBe('');
  });
});
