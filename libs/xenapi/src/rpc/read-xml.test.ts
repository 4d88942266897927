import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readXmlResponse, readXmlValue } from './read-xml.ts';
import { MAX_ANSWER_DEPTH } from './rpc-codec.ts';
import { writeXmlCall } from './write-xml.ts';

const response = (value: string) =>
  `<?xml version="1.0"?><methodResponse><params><param>${value}</param></params></methodResponse>`;
const read = (value: string) => readXmlResponse(Buffer.from(response(value)));
const parsed = (value: string) => read(value).value;

describe('readXmlResponse', () => {
  it.each([
    ['<value>bare</value>', 'bare'],
    ['<value> kept  as is </value>', ' kept  as is '],
    ['<value><string>in an element</string></value>', 'in an element'],
    ['<value><string/></value>', ''],
    ['<value></value>', ''],
    ['<value><int>-5</int></value>', -5],
    ['<value><i8>9007199254740991</i8></value>', Number.MAX_SAFE_INTEGER],
    ['<value><string>4294967296</string></value>', '4294967296'],
    ['<value><double>0.5</double></value>', 0.5],
    ['<value><double>1.</double></value>', 1],
    ['<value><double>-inf</double></value>', null],
    ['<value><double>nan</double></value>', null],
    ['<value><boolean>1</boolean></value>', true],
    ['<value><boolean>0</boolean></value>', false],
    ['<value><nil/></value>', null],
    ['<value><dateTime.iso8601>20240420T12:00:00Z</dateTime.iso8601></value>', '20240420T12:00:00Z'],
    ['<value><array><data/></array></value>', []],
    ['<value><array><data><value>a</value>\n<value/></data></array></value>', ['a', '']],
    ['<value><string>&lt;&amp;&gt;&quot;&apos;&#228;&#x1F600;</string></value>', '<&>"\'ä😀'],
    ['<value><string><![CDATA[<b>&amp;</b>]]></string></value>', '<b>&amp;</b>'],
    ['<value><!-- said by nobody --><string>x</string></value>', 'x'],
  ])('reads %s', (xml, value) => {
    expect(parsed(xml)).toEqual(value);
  });

  it('reads a struct into an object without a prototype, and drops keys that reach one', () => {
    const member = (name: string, value: string) => `<member><name>${name}</name>${value}</member>`;
    const struct = parsed(
      `<value><struct>${member('a', '<value>1</value>')}${member('__proto__', '<value>2</value>')}</struct></value>`,
    );
    expect(struct).toEqual(Object.assign(Object.create(null), { a: '1' }));
    expect(Object.getPrototypeOf(struct)).toBeNull();
  });

  it('reads a fault as what it is', () => {
    const fault = readXmlResponse(
      Buffer.from('<methodResponse><fault><value>no async mode</value></fault></methodResponse>'),
    );
    expect(fault).toEqual({ kind: 'fault', value: 'no async mode' });
  });

  it.each([
    ['a document type', '<!DOCTYPE a [<!ENTITY b "c">]><methodResponse/>', 'tag'],
    [
      'an external entity',
      `<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>${response('<value>&b;</value>')}`,
      'tag',
    ],
    ['an entity of its own', response('<value>&lol;</value>'), 'entity'],
    ['an entity of an object’s prototype', response('<value>&constructor;</value>'), 'entity'],
    ['a bare ampersand', response('<value>a & b</value>'), 'entity'],
    ['a NUL', response('<value>&#0;</value>'), 'character'],
    ['half a surrogate pair', response('<value>&#xD800;</value>'), 'character'],
    ['a character beyond Unicode', response('<value>&#x110000;</value>'), 'character'],
    ['an attribute', response('<value type="string">a</value>'), 'tag'],
    ['elements that cross', response('<value><string>a</value></string>'), 'no-end-of-string'],
    ['text beside an element', response('<value>a<string>b</string></value>'), 'text-beside-an-element'],
    ['a type that does not exist', response('<value><float>1</float></value>'), 'tag'],
    ['an int that is none', response('<value><int>1e3</int></value>'), 'int'],
    ['a boolean that is none', response('<value><boolean>yes</boolean></value>'), 'boolean'],
    ['the end in the middle', response('<value>a').slice(0, 60), 'end'],
    ['more behind the end', `${response('<value>a</value>')}<value/>`, 'after-the-end'],
    ['a web page', '<html><body>It works!</body></html>', 'tag'],
    ['another element of its own', response('<data></data>'), 'no-value'],
  ])('refuses %s', (_what, xml, reason) => {
    expect(() => readXmlResponse(Buffer.from(xml))).toThrow(
      expect.objectContaining({ code: 'xenapi/bad-xml', details: { reason } }),
    );
  });

  it(`refuses more than ${MAX_ANSWER_DEPTH} levels while it reads them`, () => {
    const nested = (levels: number) =>
      `${'<value><array><data>'.repeat(levels)}<value/>${'</data></array></value>'.repeat(levels)}`;
    expect(parsed(nested(MAX_ANSWER_DEPTH))).toBeInstanceOf(Array);
    expect(() => read(nested(1_000_000))).toThrow(/bad-xml/);
  });

  it('reads back whatever was written, ints as the strings that they are on this wire', () => {
    const text = fc
      .string({ unit: 'binary' })
      .filter((one) => /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd]*$/.test(one));
    const leaf = fc.oneof(text, fc.boolean(), fc.integer());
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof({ maxDepth: 5 }, leaf, fc.array(tie('tree')), fc.dictionary(text, tie('tree'))),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        const xml = /<param>(.*)<\/param>/s.exec(writeXmlCall('m', [value]))?.[1] ?? '';
        expect(shape(parsed(xml))).toBe(shape(value));
      }),
    );
  });
});

describe('readXmlValue', () => {
  it('reads a value alone, as a task’s result is', () => {
    expect(readXmlValue('<value>OpaqueRef:0c2a</value>')).toBe('OpaqueRef:0c2a');
    expect(readXmlValue('<value/>')).toBe('');
    expect(() => readXmlValue('<value>a</value><value>b</value>')).toThrow(/bad-xml/);
    expect(() => readXmlValue('OpaqueRef:0c2a')).toThrow(/bad-xml/);
  });
});

describe('writeXmlCall', () => {
  it('writes ints as strings and fractions as doubles (xenapi.md §3.1)', () => {
    const xml = writeXmlCall('event.from', [['vm'], '', 60.1, 5, true]);
    expect(xml).toContain('<value><double>60.1</double></value>');
    expect(xml).toContain('<value><string>5</string></value>');
    expect(xml).toContain('<value><boolean>1</boolean></value>');
  });

  it('refuses what XML cannot carry', () => {
    for (const text of ['a\u0000b', '\u001b', '\ud800', '\uffff'])
      expect(() => writeXmlCall('m', [text])).toThrow(/bad-parameter/);
    for (const value of [null, undefined, Number.NaN, () => 1])
      expect(() => writeXmlCall('m', [value])).toThrow(/bad-parameter/);
  });
});

/** Canonical text: keys in order, ints as strings, no prototypes. */
function shape(value: unknown): string {
  return JSON.stringify(value, (_key, member) => {
    if (typeof member === 'number') return String(member);
    if (typeof member !== 'object' || member === null || Array.isArray(member)) return member;
    const entries = Object.entries(member).filter(
      ([key]) => !['__proto__', 'constructor', 'prototype'].includes(key),
    );
    return { of: entries.sort(([a], [b]) => (a < b ? -1 : 1)) };
  });
}
