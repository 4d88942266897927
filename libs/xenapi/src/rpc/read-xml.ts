import { XenTransportError } from '../xenapi-error.ts';
import { isDroppedKey, MAX_ANSWER_DEPTH } from './rpc-codec.ts';

const NAMES =
  'methodResponse params param fault value struct member name array data string base64 int i4 i8 double boolean nil dateTime.iso8601';
/** Every tag of XML-RPC as it may be written. */
const TAGS: ReadonlySet<string> = new Set(NAMES.split(' ').flatMap((name) => [name, `/${name}`, `${name}/`]));
const [EXCLAMATION, QUESTION] = [0x21, 0x3f];
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const REFERENCE = /&(?:#x([0-9A-Fa-f]{1,6})|#([0-9]{1,7})|([a-z]{1,8}));|&/g;
const MAX_CODE_POINT = 0x10_ff_ff;

/**
 * Tags and text of a small XML: elements, text, CDATA, comments and processing instructions. No document type, so no
 * entities but the five of XML itself; no attributes, which XML-RPC does not have. One pass over the text.
 */
export class XmlScanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Text up to the next tag, entities resolved. @throws XenTransportError xenapi/bad-xml */
  text(): string {
    let found = '';
    for (;;) {
      const next = this.#text.indexOf('<', this.#at);
      if (next === -1) throw badXml('end');
      if (next > this.#at) found += resolve(this.#text.slice(this.#at, next));
      this.#at = next;
      const mark = this.#text.charCodeAt(next + 1);
      if (mark !== EXCLAMATION && mark !== QUESTION) return found;
      if (this.#text.startsWith('<![CDATA[', next)) found += this.#until('<![CDATA[', ']]>');
      else if (this.#text.startsWith('<!--', next)) this.#until('<!--', '-->');
      else if (mark === QUESTION) this.#until('<?', '?>');
      else return found;
    }
  }

  /**
   * The next tag, past white space alone.
   * @returns `name`, `/name`, or `name/` for an element without content
   * @throws XenTransportError xenapi/bad-xml
   */
  tag(): string {
    const between = this.text();
    if (between !== '' && between.trim() !== '') throw badXml('text-between-elements');
    return this.tagHere();
  }

  /** The tag at this very place. @throws XenTransportError xenapi/bad-xml */
  tagHere(): string {
    const end = this.#text.indexOf('>', this.#at);
    if (end === -1) throw badXml('end');
    const written = this.#text.slice(this.#at + 1, end);
    // Refuses a document type, attributes, and whatever else begins with `<`.
    const tag = TAGS.has(written) ? written : written.replace(/\s*(\/?)$/, '$1');
    if (!TAGS.has(tag)) throw badXml('tag');
    this.#at = end + 1;
    return tag;
  }

  /** Nothing but white space is left. @throws XenTransportError xenapi/bad-xml */
  end(): void {
    if (this.#text.slice(this.#at).trim() !== '') throw badXml('after-the-end');
  }

  #until(opening: string, closing: string): string {
    const from = this.#at + opening.length;
    const end = this.#text.indexOf(closing, from);
    if (end === -1) throw badXml('end');
    this.#at = end + closing.length;
    return this.#text.slice(from, end);
  }
}

/** What a `methodResponse` holds. */
export type XmlResponse =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'fault'; readonly value: unknown };

/**
 * Reads the answer to an XML-RPC call (xenapi.md §1.4), bounded in depth while it is read and in bytes by who received it.
 * Values come in the shape that JSON gives them: dates as text, `nil` as null, `NaN` and infinities as null, objects
 * without a prototype. Ints of xapi are strings on this wire (xenapi.md §3.1) and stay so: `parseXenInt` and the
 * record schemas take both.
 * @throws XenTransportError xenapi/bad-xml
 */
export function readXmlResponse(bytes: Uint8Array): XmlResponse {
  const xml = new XmlScanner(new TextDecoder('utf-8').decode(bytes));
  expectTag(xml.tag(), 'methodResponse');
  const holder = xml.tag();
  if (holder === 'fault') {
    expectTag(xml.tag(), 'value');
    const value = readValue(xml, 0);
    for (const tag of ['/fault', '/methodResponse']) expectTag(xml.tag(), tag);
    xml.end();
    return { kind: 'fault', value };
  }
  expectTag(holder, 'params');
  for (const tag of ['param', 'value']) expectTag(xml.tag(), tag);
  const value = readValue(xml, 0);
  for (const tag of ['/param', '/params', '/methodResponse']) expectTag(xml.tag(), tag);
  xml.end();
  return { kind: 'value', value };
}

/** A value alone, as the result of a task is: `<value>…</value>` (xenapi.md §6). @throws XenTransportError xenapi/bad-xml */
export function readXmlValue(text: string): unknown {
  const xml = new XmlScanner(text);
  const tag = xml.tag();
  if (tag === 'value/') {
    xml.end();
    return '';
  }
  expectTag(tag, 'value');
  const value = readValue(xml, 0);
  xml.end();
  return value;
}

/** After `<value>`, up to and with `</value>`. */
function readValue(xml: XmlScanner, depth: number): unknown {
  if (depth > MAX_ANSWER_DEPTH) throw badXml('depth');
  const text = xml.text();
  const tag = xml.tagHere();
  // Strings may stand with or without a <string> element (xenapi.md §1.4).
  if (tag === '/value') return text;
  if (text.trim() !== '') throw badXml('text-beside-an-element');
  const value = readTyped(xml, tag, depth);
  expectTag(xml.tag(), '/value');
  return value;
}

function readTyped(xml: XmlScanner, tag: string, depth: number): unknown {
  if (tag === 'struct') return readStruct(xml, depth);
  if (tag === 'array') return readArray(xml, depth);
  if (tag.endsWith('/')) return readScalar(tag.slice(0, -1), '');
  const text = xml.text();
  expectTag(xml.tagHere(), `/${tag}`);
  return readScalar(tag, text);
}

function readScalar(type: string, text: string): unknown {
  switch (type) {
    case 'string':
    case 'base64':
      return text;
    case 'dateTime.iso8601':
      return text.trim();
    case 'int':
    case 'i4':
    case 'i8':
      if (!/^\s*[+-]?[0-9]{1,19}\s*$/.test(text)) throw badXml('int');
      return Number(text);
    case 'double':
      return readDouble(text.trim());
    case 'boolean':
      if (!/^\s*[01]\s*$/.test(text)) throw badXml('boolean');
      return text.trim() === '1';
    case 'nil':
      return null;
    case 'struct':
      return Object.create(null);
    case 'array':
      return [];
    default:
      throw badXml('type');
  }
}

/** `inf`, `nan` and their kin are null, as JSON makes them (xenapi.md §3.1). */
function readDouble(text: string): number | null {
  if (/^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?$/.test(text)) {
    const number = Number(text);
    return Number.isFinite(number) ? number : null;
  }
  if (/^[+-]?(?:nan|inf|infinity)$/i.test(text)) return null;
  throw badXml('double');
}

function readStruct(xml: XmlScanner, depth: number): unknown {
  const struct: Record<string, unknown> = Object.create(null);
  for (;;) {
    const tag = xml.tag();
    if (tag === '/struct') return struct;
    expectTag(tag, 'member');
    const nameTag = xml.tag();
    const name = nameTag === 'name/' ? '' : readName(xml, nameTag);
    const value = readMember(xml, depth);
    expectTag(xml.tag(), '/member');
    if (!isDroppedKey(name)) struct[name] = value;
  }
}

function readName(xml: XmlScanner, tag: string): string {
  expectTag(tag, 'name');
  const name = xml.text();
  expectTag(xml.tagHere(), '/name');
  return name;
}

function readMember(xml: XmlScanner, depth: number): unknown {
  const tag = xml.tag();
  if (tag === 'value/') return '';
  expectTag(tag, 'value');
  return readValue(xml, depth + 1);
}

function readArray(xml: XmlScanner, depth: number): unknown[] {
  const items: unknown[] = [];
  const tag = xml.tag();
  if (tag === 'data/') {
    expectTag(xml.tag(), '/array');
    return items;
  }
  if (tag === '/array') return items;
  expectTag(tag, 'data');
  for (;;) {
    const next = xml.tag();
    if (next === '/data') break;
    if (next === 'value/') items.push('');
    else {
      expectTag(next, 'value');
      items.push(readValue(xml, depth + 1));
    }
  }
  expectTag(xml.tag(), '/array');
  return items;
}

function resolve(text: string): string {
  if (!text.includes('&')) return text;
  return text.replaceAll(REFERENCE, (whole, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) {
      const known = Object.hasOwn(ENTITIES, name) ? ENTITIES[name] : undefined;
      if (known === undefined) throw badXml('entity');
      return known;
    }
    if (whole === '&') throw badXml('entity');
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    const isCharacter = code > 0 && code <= MAX_CODE_POINT && (code < 0xd8_00 || code > 0xdf_ff);
    if (!isCharacter) throw badXml('character');
    return String.fromCodePoint(code);
  });
}

function expectTag(found: string, wanted: string): void {
  if (found !== wanted) throw badXml(`no-${wanted.replace('/', 'end-of-')}`);
}

function badXml(reason: string): XenTransportError {
  return new XenTransportError('xenapi/bad-xml', { reason });
}
