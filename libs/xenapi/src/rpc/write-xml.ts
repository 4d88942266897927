import { XenTransportError } from '../xenapi-error.ts';

/** What XML 1.0 cannot carry in any spelling: most control characters, lone surrogates, U+FFFE and U+FFFF. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNWRITABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u;
const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#13;' };

/** A whole `methodCall`. @throws XenTransportError xenapi/bad-parameter */
export function writeXmlCall(method: string, params: readonly unknown[]): string {
  const written = params.map((param) => `<param>${writeValue(param, method)}</param>`).join('');
  return `<?xml version="1.0"?><methodCall><methodName>${escapeXml(method, method)}</methodName><params>${written}</params></methodCall>`;
}

/** Ints go out as strings of digits, numbers with a fraction as doubles (xenapi.md §3.1). */
function writeValue(value: unknown, method: string): string {
  return `<value>${writeContent(value, method)}</value>`;
}

function writeContent(value: unknown, method: string): string {
  if (typeof value === 'string') return `<string>${escapeXml(value, method)}</string>`;
  if (typeof value === 'boolean') return `<boolean>${value ? 1 : 0}</boolean>`;
  if (typeof value === 'bigint') return `<string>${value}</string>`;
  if (typeof value === 'number' && Number.isFinite(value))
    return Number.isInteger(value) ? `<string>${value}</string>` : `<double>${value}</double>`;
  if (Array.isArray(value))
    return `<array><data>${value.map((item) => writeValue(item, method)).join('')}</data></array>`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(
        ([name, member]) =>
          `<member><name>${escapeXml(name, method)}</name>${writeValue(member, method)}</member>`,
      );
    return `<struct>${members.join('')}</struct>`;
  }
  throw new XenTransportError('xenapi/bad-parameter', { method, reason: 'type' });
}

function escapeXml(text: string, method: string): string {
  if (UNWRITABLE.test(text))
    throw new XenTransportError('xenapi/bad-parameter', { method, reason: 'character' });
  return text.replaceAll(/[&<>\r]/g, (character) => ESCAPES[character] ?? character);
}
