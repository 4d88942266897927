/** A part of the picture, in pixels. */
export interface Area {
  x: number;
  y: number;
  w: number;
  h: number;
}

/** The picture as palette indices and the bytes of each palette colour. */
export interface Picture {
  pixels: Uint8Array;
  width: number;
  colours: readonly Buffer[];
}

export const ENCODING_RAW = 0;
export const ENCODING_HEXTILE = 5;

const TILE = 16;
const RAW = 1;
const BACKGROUND = 2;
const FOREGROUND = 4;
const SUBRECTS = 8;
const COLOURED = 16;
const MAX_SUBRECTS = 255;

/** Raw (rfb.md §4): every pixel in turn. */
export function encodeRaw(picture: Picture, area: Area): Buffer {
  const size = picture.colours[0]?.length ?? 4;
  const bytes = Buffer.allocUnsafe(area.w * area.h * size);
  let at = 0;
  for (let y = area.y; y < area.y + area.h; y++) {
    const row = y * picture.width;
    for (let x = area.x; x < area.x + area.w; x++) {
      const colour = picture.colours[picture.pixels[row + x] ?? 0];
      for (let part = 0; part < size; part++) bytes[at++] = colour?.[part] ?? 0;
    }
  }
  return bytes;
}

/** Hextile (rfb.md §4): 16x16 tiles, row by row, each with a mask byte. */
export function encodeHextile(picture: Picture, area: Area): Buffer {
  const parts: Buffer[] = [];
  const carried: Carried = { background: -1, foreground: -1 };
  for (let y = area.y; y < area.y + area.h; y += TILE) {
    for (let x = area.x; x < area.x + area.w; x += TILE) {
      const tile = {
        x,
        y,
        w: Math.min(TILE, area.x + area.w - x),
        h: Math.min(TILE, area.y + area.h - y),
      };
      parts.push(encodeTile(picture, tile, carried));
    }
  }
  return Buffer.concat(parts);
}

/** Colours that a tile may leave out because the tile before had them; -1 = none to carry. */
interface Carried {
  background: number;
  foreground: number;
}

interface Subrect extends Area {
  colour: number;
}

function encodeTile(picture: Picture, tile: Area, carried: Carried): Buffer {
  const background = commonest(picture, tile);
  const subrects = findSubrects(picture, tile, background);
  const colours = new Set(subrects.map((subrect) => subrect.colour));
  const size = picture.colours[0]?.length ?? 4;
  const perSubrect = colours.size > 1 ? size + 2 : 2;
  if (
    subrects.length > MAX_SUBRECTS ||
    subrects.length * perSubrect + 2 * size + 2 > tile.w * tile.h * size
  ) {
    // After a raw tile the carried colours count for nothing.
    carried.background = carried.foreground = -1;
    return Buffer.concat([Buffer.of(RAW), encodeRaw(picture, tile)]);
  }
  let mask = 0;
  const parts: Buffer[] = [];
  if (background !== carried.background) {
    mask |= BACKGROUND;
    parts.push(bytesOf(picture, background));
    carried.background = background;
  }
  if (colours.size === 1) {
    const foreground = subrects[0]?.colour ?? 0;
    if (foreground !== carried.foreground) {
      mask |= FOREGROUND;
      parts.push(bytesOf(picture, foreground));
      carried.foreground = foreground;
    }
  } else if (colours.size > 1) {
    mask |= COLOURED;
    carried.foreground = -1;
  }
  if (subrects.length > 0) {
    mask |= SUBRECTS;
    parts.push(Buffer.of(subrects.length));
    for (const subrect of subrects) {
      if (mask & COLOURED) parts.push(bytesOf(picture, subrect.colour));
      parts.push(Buffer.of((subrect.x << 4) | subrect.y, ((subrect.w - 1) << 4) | (subrect.h - 1)));
    }
  }
  return Buffer.concat([Buffer.of(mask), ...parts]);
}

function bytesOf(picture: Picture, colour: number): Buffer {
  return picture.colours[colour] ?? Buffer.alloc(picture.colours[0]?.length ?? 4);
}

function commonest(picture: Picture, tile: Area): number {
  const counts = new Map<number, number>();
  let best = 0;
  let bestCount = 0;
  for (let y = tile.y; y < tile.y + tile.h; y++) {
    for (let x = tile.x; x < tile.x + tile.w; x++) {
      const colour = picture.pixels[y * picture.width + x] ?? 0;
      const count = (counts.get(colour) ?? 0) + 1;
      counts.set(colour, count);
      if (count > bestCount) {
        bestCount = count;
        best = colour;
      }
    }
  }
  return best;
}

/** Covers what is not background with rectangles: runs in a row, stretched down while the rows agree. */
function findSubrects(picture: Picture, tile: Area, background: number): Subrect[] {
  const at = (x: number, y: number) => picture.pixels[(tile.y + y) * picture.width + tile.x + x] ?? 0;
  const taken = new Uint8Array(TILE * TILE);
  const found: Subrect[] = [];
  for (let y = 0; y < tile.h; y++) {
    for (let x = 0; x < tile.w; x++) {
      const colour = at(x, y);
      if (colour === background || taken[y * TILE + x]) continue;
      let w = 1;
      while (x + w < tile.w && at(x + w, y) === colour && !taken[y * TILE + x + w]) w++;
      let h = 1;
      while (y + h < tile.h && rowIs(at, x, y + h, w, colour)) h++;
      for (let row = y; row < y + h; row++) taken.fill(1, row * TILE + x, row * TILE + x + w);
      found.push({ x, y, w, h, colour });
    }
  }
  return found;
}

function rowIs(at: (x: number, y: number) => number, x: number, y: number, w: number, colour: number) {
  for (let column = x; column < x + w; column++) if (at(column, y) !== colour) return false;
  return true;
}
