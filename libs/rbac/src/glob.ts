/**
 * Compiles a pattern of names: `*` stands for any text, also none, `?` for exactly one character, everything else for itself.
 * Upper and lower case are one (`toLowerCase`, of no particular language): hosts don't tell names apart by case either, and a
 * machine that misses its rule because somebody wrote `WEB-01` would be with the wrong organisation.
 *
 * No regular expression, and no way to make it slow: each text is walked once, and after a mismatch only the last `*` is taken
 * up again, so the time is at most pattern × text (the rule is R. Cox's, "Glob Matching Can Be Simple And Fast Too").
 *
 * @param pattern as it was typed; characters are code points
 * @returns whether a text as a whole has this form
 */
export function compileGlob(pattern: string): (text: string) => boolean {
  const wanted = [...pattern.toLowerCase()];
  return (text) => isMatch(wanted, [...text.toLowerCase()]);
}

function isMatch(wanted: readonly string[], text: readonly string[]): boolean {
  let [at, next] = [0, 0];
  // Where to go on if what follows the last star does not fit: the star, and the text after what it has taken so far.
  let [star, taken] = [-1, 0];
  while (at < text.length) {
    const symbol = wanted[next];
    if (symbol === '*') {
      [star, taken] = [next, at];
      next += 1;
    } else if (symbol !== undefined && (symbol === '?' || symbol === text[at])) {
      at += 1;
      next += 1;
    } else if (star >= 0) {
      taken += 1;
      [at, next] = [taken, star + 1];
    } else return false;
  }
  while (wanted[next] === '*') next += 1;
  return next === wanted.length;
}
