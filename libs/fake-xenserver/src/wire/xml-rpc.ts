import type { ApiError } from '../api/api-error.ts';
import { DateTime, Float, type Value } from '../model/values.ts';

/** A call as XML-RPC carries it (xenapi.md §1.4). */
export interface XmlCall {
  method: string;
  parameters: readonly unknown[];
}

const MAX_DEPTH = 32;

interface Element {
  name: string;
  children: Element[];
  text: string;
}

/** @returns null for what is no call: a host answers HTTP 500 with HTML (xenapi.md §1.3) */
export function parseXmlCall(body: string): XmlCall | null {
  const root = parseElements(body);
  if (root?.name !== 'methodCall') return null;
  const method = child(root, 'methodName')?.text.trim();
  if (!method) return null;
  try {
    const parameters = (child(root, 'params')?.children ?? []).map((param) =>
      parseValue(child(param, 'value')),
    );
    return { method, parameters };
  } catch (error) {
    if (error instanceof MalformedValue) return null;
    throw error;
  }
}

/** xenapi.md §1.4: always one struct with a Status; only system.listMethods answers with a bare array. */
export function formatXmlAnswer(method: string, outcome: { value: Value } | { error: ApiError }): string {
  let value: Value;
  if ('error' in outcome) value = { Status: 'Failure', ErrorDescription: outcome.error.description };
  else if (method === 'system.listMethods') value = outcome.value;
  else value = { Status: 'Success', Value: outcome.value };
  return `<?xml version="1.0"?><methodResponse><params><param>${formatValue(value)}</param></params></methodResponse>`;
}

/** A fault, which xapi uses for next to nothing (xenapi.md §1.4). */
export function formatXmlFault(text: string): string {
  return `<?xml version="1.0"?><methodResponse><fault>${formatValue({ faultCode: 0, faultString: text })}</fault></methodResponse>`;
}

class MalformedValue extends Error {
  override name = 'MalformedValue';
}

function parseValue(element: Element | undefined): unknown {
  if (!element) throw new MalformedValue();
  const [typed] = element.children;
  // xenapi.md §1.4: strings may come with or without a <string> element.
  if (!typed) return element.text;
  switch (typed.name) {
    case 'string':
    case 'dateTime.iso8601':
      return typed.text;
    case 'int':
    case 'i4':
    case 'double': {
      const number = Number(typed.text.trim());
      if (!Number.isFinite(number)) throw new MalformedValue();
      return number;
    }
    case 'boolean':
      return typed.text.trim() === '1';
    case 'nil':
      return '';
    case 'array':
      return (child(typed, 'data')?.children ?? []).map(parseValue);
    case 'struct':
      return Object.fromEntries(
        typed.children.map((member) => [
          child(member, 'name')?.text ?? '',
          parseValue(child(member, 'value')),
        ]),
      );
    default:
      throw new MalformedValue();
  }
}

/** xenapi.md §3.1: ints are strings of digits, floats doubles, dates their own type, maps structs. */
function formatValue(value: Value): string {
  return `<value>${formatContent(value)}</value>`;
}

function formatContent(value: Value): string {
  // xenapi.md §1.4, §3.1: hosts write strings without an element of their own, and ints as strings.
  if (typeof value === 'string') return escapeXml(value);
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return `<boolean>${value ? 1 : 0}</boolean>`;
  if (value instanceof DateTime) return `<dateTime.iso8601>${value.toJSON()}</dateTime.iso8601>`;
  if (value instanceof Float) return `<double>${value.value}</double>`;
  if (Array.isArray(value)) return `<array><data>${value.map(formatValue).join('')}</data></array>`;
  const members = Object.entries(value).map(
    ([name, member]) => `<member><name>${escapeXml(name)}</name>${formatValue(member)}</member>`,
  );
  return `<struct>${members.join('')}</struct>`;
}

function child(element: Element, name: string): Element | undefined {
  return element.children.find((candidate) => candidate.name === name);
}

/** Elements and their text; attributes, comments and the prolog are passed over. @returns null when malformed */
function parseElements(body: string): Element | null {
  const root: Element = { name: '', children: [], text: '' };
  const open: Element[] = [root];
  const token = /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<(\/?)([\w.:-]+)[^<>]*?(\/?)>|([^<]+)/gy;
  let at = 0;
  for (let found = token.exec(body); found; found = token.exec(body)) {
    at = token.lastIndex;
    const [, slash, name, selfClosing, text] = found;
    const top = open.at(-1);
    if (!top) return null;
    if (text !== undefined) top.text += unescapeXml(text);
    else if (name === undefined) continue;
    else if (slash === '/') {
      if (open.length === 1 || top.name !== name) return null;
      open.pop();
    } else {
      if (open.length > MAX_DEPTH) return null;
      const element = { name, children: [], text: '' };
      top.children.push(element);
      if (selfClosing !== '/') open.push(element);
    }
  }
  return open.length === 1 && at === body.length ? (root.children[0] ?? null) : null;
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function unescapeXml(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (hex) return String.fromCodePoint(Number.parseInt(hex, 16));
    if (decimal) return String.fromCodePoint(Number(decimal));
    return ENTITIES[name] ?? whole;
  });
}

/** Control characters, which XML cannot carry, are left out. */
function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll(/[^\P{Cc}\t\n\r]/gu, '');
}
