const PLAIN = /^[ -~]*$/;

/**
 * Text of a pool or a guest, fit to be stored and shown: it is untrusted (xenapi.md §10.31). PostgreSQL takes no NUL and no
 * half of a surrogate pair; other control and bidirectional override characters could forge what a line says.
 * @param limit longest result, in characters
 */
export function cleanText(text: string, limit: number, { lines = false } = {}): string {
  // Nearly every text of a pool: what is below need not look for anything in it.
  if (PLAIN.test(text) && text.length <= limit) return text.trim();
  const kept = lines ? text.replace(/\r\n?/g, '\n') : text;
  const cleaned = kept
    .replace(/\p{Cs}/gu, '\ufffd')
    .replace(lines ? /[^\P{Cc}\n\t]/gu : /\p{Cc}/gu, ' ')
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, '')
    .trim();
  // By code points, so that no pair is cut in half.
  return cleaned.length <= limit ? cleaned : [...cleaned].slice(0, limit).join('');
}
