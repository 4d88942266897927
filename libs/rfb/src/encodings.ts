/** Encodings and pseudo-encodings that the hub may ask of a host: a closed list (architecture §2). */
export const ENCODING = {
  raw: 0,
  copyRect: 1,
  rre: 2,
  hextile: 5,
  tight: 7,
  desktopSize: -223,
  lastRect: -224,
  cursor: -239,
  qemuKey: -258,
  qemuLed: -261,
  desktopName: -307,
  extendedDesktopSize: -308,
} as const;

export type EncodingName = keyof typeof ENCODING;

const names = new Map<number, EncodingName>();
for (const name of ['raw', 'copyRect', 'rre', 'hextile', 'tight'] as const) names.set(ENCODING[name], name);
for (const name of ['desktopSize', 'lastRect', 'cursor', 'qemuKey', 'qemuLed'] as const)
  names.set(ENCODING[name], name);
for (const name of ['desktopName', 'extendedDesktopSize'] as const) names.set(ENCODING[name], name);

/** The name of an encoding on the closed list, or null. */
export function encodingName(encoding: number): EncodingName | null {
  return names.get(encoding) ?? null;
}

/** True for what paints pixels, false for what only tells something. */
export function isPicture(name: EncodingName): boolean {
  // Asked for every rectangle: five comparisons are a tenth of one look-up by name.
  return name === 'tight' || name === 'hextile' || name === 'raw' || name === 'copyRect' || name === 'rre';
}
