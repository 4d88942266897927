import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { XenTransportError } from '../xenapi-error.ts';
import { readJson } from './read-json.ts';
import { MAX_ANSWER_DEPTH } from './rpc-codec.ts';

const read = (text: string) => readJson(Buffer.from(text));

describe('readJson', () => {
  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        // Keys that reach a prototype are dropped, so the two may differ there alone.
        fc.pre(!/__proto__|constructor|prototype/.test(text));
        expect(JSON.stringify(read(text))).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  });

  it('gives objects that have no prototype, and drops keys that could reach one', () => {
    const value = read('{"a":{"__proto__":{"x":1},"constructor":2,"prototype":3,"\\u005f_proto__":4,"b":5}}');
    expect(JSON.stringify(value)).toBe('{"a":{"b":5}}');
    expect(Object.getPrototypeOf(value)).toBeNull();
    expect(Reflect.get(Object.prototype, 'x')).toBeUndefined();
  });

  it('reads bare NaN and Infinity as null, and leaves them alone in texts', () => {
    expect(read('{"a":NaN,"b":[Infinity,-Infinity],"c":"NaN \\" Infinity","d":-1}')).toEqual({
      a: null,
      b: [null, null],
      c: 'NaN " Infinity',
      d: -1,
    });
  });

  it(`refuses more than ${MAX_ANSWER_DEPTH} levels, however many`, () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(read(nested(MAX_ANSWER_DEPTH))).toBeInstanceOf(Array);
    expect(() => read(nested(MAX_ANSWER_DEPTH + 1))).toThrow(
      expect.objectContaining({ details: { reason: 'depth' } }),
    );
    expect(() => read(nested(1_000_000))).toThrow(/bad-json/);
    expect(() => read('['.repeat(2_000_000))).toThrow(/bad-json/);
    expect(read(JSON.stringify('['.repeat(1_000)))).toHaveLength(1_000);
  });

  it('never throws anything but its own errors', () => {
    const piece = fc.constantFrom('{', '}', '[', ']', '"', '\\', ',', ':', 'N', 'I', 'NaN', '-', '1', 'a');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        try {
          read(pieces.join(''));
        } catch (error) {
          expect(error).toBeInstanceOf(XenTransportError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
