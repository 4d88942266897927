import { XenTransportError } from '../xenapi-error.ts';
import { isDroppedKey, MAX_ANSWER_DEPTH } from './rpc-codec.ts';

const [QUOTE, BACKSLASH, OPEN, CLOSE, OPEN_LIST, CLOSE_LIST] = [0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d];
const [LETTER_N, LETTER_I, MINUS] = [0x4e, 0x49, 0x2d];

/**
 * Parses the answer of a host: bounded in depth **before** it is parsed, objects without a prototype, keys that could
 * reach one dropped. `NaN` and `Infinity` as bare words become null (xenapi.md §3.1).
 * @throws XenTransportError xenapi/bad-json
 */
export function readJson(bytes: Uint8Array): unknown {
  const bareWords = scan(bytes);
  const decoder = new TextDecoder('utf-8');
  let text = '';
  let from = 0;
  for (const { start, end } of bareWords) {
    text += `${decoder.decode(bytes.subarray(from, start))}null`;
    from = end;
  }
  text += decoder.decode(bytes.subarray(from));
  try {
    return plain(JSON.parse(text));
  } catch (cause) {
    if (cause instanceof XenTransportError) throw cause;
    throw new XenTransportError('xenapi/bad-json', { reason: 'syntax' });
  }
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** One pass over the bytes: checks the depth and finds bare words that JSON does not know. */
function scan(bytes: Uint8Array): Span[] {
  const words: Span[] = [];
  let depth = 0;
  for (let i = 0; i < bytes.length; i += 1) {
    const byte = bytes[i];
    if (byte === QUOTE) i = endOfString(bytes, i);
    else if (byte === OPEN || byte === OPEN_LIST) {
      depth += 1;
      if (depth > MAX_ANSWER_DEPTH) throw new XenTransportError('xenapi/bad-json', { reason: 'depth' });
    } else if (byte === CLOSE || byte === CLOSE_LIST) depth -= 1;
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
function plain(value: unknown): unknown {
  if (Array.isArray(value)) {
    for (const item of value) plain(item);
    return value;
  }
  if (typeof value !== 'object' || value === null) return value;
  // An own `__proto__`, as JSON.parse makes it, is a key like any other here.
  for (const [key, member] of Object.entries(value)) {
    if (isDroppedKey(key)) Reflect.deleteProperty(value, key);
    else plain(member);
  }
  return Object.setPrototypeOf(value, null);
}
