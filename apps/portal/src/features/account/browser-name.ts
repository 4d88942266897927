const BROWSERS: readonly [string, RegExp][] = [
  ['Edge', /\bEdg(?:e|A|iOS)?\/(\d+)/],
  ['Firefox', /\b(?:Firefox|FxiOS)\/(\d+)/],
  ['Chrome', /\b(?:Headless)?(?:Chrome|CriOS)\/(\d+)/],
  ['Safari', /\bVersion\/(\d+)[^ ]* .*Safari\//],
];
const SYSTEMS: readonly [string, RegExp][] = [
  ['Windows', /Windows/],
  ['iPhone', /iPhone/],
  ['iPad', /iPad/],
  ['Android', /Android/],
  ['macOS', /Mac OS X/],
  ['Linux', /Linux/],
];

/** `Firefox 140 on Linux` out of a user agent, as far as it says; null where it says nothing. */
export function browserName(userAgent: string | null): string | null {
  if (userAgent === null) return null;
  const browser = BROWSERS.map(([name, shape]) => [name, shape.exec(userAgent)?.[1]]).find(
    ([, version]) => version,
  );
  const system = SYSTEMS.find(([, shape]) => shape.test(userAgent))?.[0];
  if (browser === undefined) return system ?? null;
  const name = browser.join(' ');
  return system === undefined ? name : `${name}, ${system}`;
}
