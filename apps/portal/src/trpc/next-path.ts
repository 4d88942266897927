const SAME_ORIGIN_PATH = /^\/(?![/\\])/;

/**
 * Where to go after signing in, out of `?next=`: a path on this origin, else the fallback. `//host` and `/\\host` are
 * other hosts to a browser (security.md §10), control characters vanish while it parses.
 */
export function nextPath(value: string | null | undefined, fallback = '/'): string {
  if (value == null || !SAME_ORIGIN_PATH.test(value)) return fallback;
  return hasControlCharacter(value) ? fallback : value;
}

function hasControlCharacter(text: string): boolean {
  return [...text].some((character) => (character.codePointAt(0) ?? 0) < 0x20);
}
