import { XenTransportError } from '../xenapi-error.ts';
import { isDroppedKey, MAX_ANSWER_DEPTH } from './rpc-codec.ts';

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const [LETTER_N, LETTER_I, MINUS] = [0x4e, 0x49, 0x2d];

/**
 * Parses the answer of a host: bounded in depth, objects without a prototype, keys that could reach one dropped. `NaN` and
 * `Infinity` as bare words become null (xenapi.md §3.1). The parser of V8 does not recurse and its memory grows with the
 * bytes, which are bounded: what is too deep is refused after it, before anybody walks it.
 * @throws XenTransportError xenapi/bad-json
 */
export function readJson(bytes: Uint8Array): unknown {
  return plain(parse(new TextDecoder('utf-8').decode(bytes), bytes), 0);
}

function parse(text: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Bare words are rare, and looking for them costs as much as parsing: only where it failed.
    return parseStrictly(withoutBareWords(bytes));
  }
}

function parseStrictly(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new XenTransportError('xenapi/bad-json', { reason: 'syntax' });
  }
}

function withoutBareWords(bytes: Uint8Array): string {
  const decoder = new TextDecoder('utf-8');
  let text = '';
  let from = 0;
  for (const { start, end } of bareWords(bytes)) {
    text += `${decoder.decode(bytes.subarray(from, start))}null`;
    from = end;
  }
  return text + decoder.decode(bytes.subarray(from));
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Words outside of texts that JSON does not know. */
function bareWords(bytes: Uint8Array): Span[] {
  const words: Span[] = [];
  for (let i = 0; i < bytes.length; i += 1) {
    const byte = bytes[i];
    if (byte === QUOTE) i = endOfString(bytes, i);
    else if (byte === LETTER_N || byte === LETTER_I) {
      const end = i + (byte === LETTER_N ? 3 : 8);
      words.push({ start: bytes[i - 1] === MINUS ? i - 1 : i, end });
      i = end - 1;
    }
  }
  return words;
}

function endOfString(bytes: Uint8Array, start: number): number {
  let i = start + 1;
  while (i < bytes.length && bytes[i] !== QUOTE) i += bytes[i] === BACKSLASH ? 2 : 1;
  return i;
}

/**
 * Takes prototypes and dropped keys away, in place: a copy into objects made without a prototype costs as much again as
 * parsing does, and three times the memory.
 */
function plain(value: unknown, depth: number): unknown {
  if (!isObject(value)) return value;
  if (depth >= MAX_ANSWER_DEPTH) throw new XenTransportError('xenapi/bad-json', { reason: 'depth' });
  if (Array.isArray(value)) {
    for (const item of value) plain(item, depth + 1);
    return value;
  }
  // An own `__proto__`, as JSON.parse makes it, is a key like any other here.
  for (const key in value) {
    if (isDroppedKey(key)) Reflect.deleteProperty(value, key);
    else plain(value[key], depth + 1);
  }
  return Object.setPrototypeOf(value, null);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
