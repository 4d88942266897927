import { readXmlResponse } from '../../../libs/xenapi/src/rpc/read-xml.ts';
import { xmlRpc } from '../../../libs/xenapi/src/rpc/xml-rpc.ts';
import { XenApiError, XenTransportError } from '../../../libs/xenapi/src/xenapi-error.ts';
import { Broken, type FuzzTarget, signOf } from '../fuzz-target.ts';

/** As security.md §4.7 has it. */
const DEEPEST = 64;

function answer(value: string): string {
  return `<?xml version="1.0"?><methodResponse><params><param><value>${value}</value></param></params></methodResponse>`;
}

function member(name: string, value: string): string {
  return `<member><name>${name}</name><value>${value}</value></member>`;
}

const ANSWERS = [
  answer(`<struct>${member('Status', 'Success')}${member('Value', 'OpaqueRef:0c2a')}</struct>`),
  answer(
    `<struct>${member('Status', 'Failure')}${member('ErrorDescription', '<array><data><value>HOST_IS_SLAVE</value><value>192.0.2.1</value></data></array>')}</struct>`,
  ),
  answer(
    `<struct>${member('Status', 'Success')}${member('Value', `<struct>${member('a', '<double>-inf</double>')}${member('__proto__', '<nil/>')}${member('t', '<dateTime.iso8601>20240420T12:00:00Z</dateTime.iso8601>')}</struct>`)}</struct>`,
  ),
  answer('<string>&lt;&#228;&#x1F600;<![CDATA[<b>]]></string><!-- said by nobody -->'),
  answer(`${'<array><data><value>'.repeat(64)}${'</value></data></array>'.repeat(64)}`),
  '<methodResponse><fault><value><struct><member><name>faultCode</name><value><int>0</int></value></member></struct></value></fault></methodResponse>',
  '<!DOCTYPE a [<!ENTITY b "c">]><methodResponse>&b;</methodResponse>',
];

/** What a pool from before JSON-RPC answers to a call: XML, then the shape of XML-RPC, then xapi's own. */
export const target: FuzzTarget = {
  name: 'xml-answer',
  streams: false,
  seeds: ANSWERS.map((text) => Buffer.from(text)),
  words: [
    '<value>',
    '</value>',
    '<value/>',
    '<struct>',
    '<array><data>',
    '<member><name>',
    '<i8>',
    '<boolean>1</boolean>',
    '<![CDATA[',
    ']]>',
    '<!--',
    '-->',
    '<?x ?>',
    '&amp;',
    '&#0;',
    '&#xD800;',
    '&lol;',
    '__proto__',
  ].map((text) => Buffer.from(text)),
  bounds: { heldBytes: 0, toldPerByte: 8, toldAtLeast: 256 },
  isRefusal: (error) => error instanceof XenTransportError || error instanceof XenApiError,
  begin: (tell) => {
    const pieces: Uint8Array[] = [];
    return {
      push: (bytes) => {
        pieces.push(bytes);
      },
      end: () => {
        const body = Buffer.concat(pieces);
        assertPlain(readXmlResponse(body).value, 0);
        const read = xmlRpc.decode(
          { status: 200, contentType: 'text/xml', body, keepAlive: true },
          'test',
          1,
        );
        if (!read.ok) throw read.error;
        tell(`result ${signOf(Buffer.from(JSON.stringify(read.value) ?? ''))}`);
      },
    };
  },
};

/** No prototype, none of the keys that reach one, and no deeper than was promised. */
function assertPlain(value: unknown, depth: number): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth > DEEPEST) throw new Broken('an answer deeper than its limit was taken');
  if (!Array.isArray(value) && Object.getPrototypeOf(value) !== null)
    throw new Broken('an object of a host has a prototype');
  for (const [key, member_] of Object.entries(value)) {
    if (['__proto__', 'constructor', 'prototype'].includes(key)) throw new Broken(`a host set ${key}`);
    assertPlain(member_, depth + 1);
  }
}
