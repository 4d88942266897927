import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toCsv } from './csv.ts';

describe('toCsv', () => {
  it('writes the columns, then the rows, and quotes what needs it', () => {
    expect(toCsv(['who', 'why'], [['Mira', 'disk "full", again\nand again']])).toBe(
      'who,why\r\nMira,"disk ""full"", again\nand again"\r\n',
    );
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx'])('leaves no formula of %j', (text) => {
    expect(
      toCsv(['a'], [[text]])
        .split('\r\n')
        .slice(1)
        .join('\r\n'),
    ).toMatch(/^"?'/);
  });

  it.each(['\n', '\r', 'a\rb'])('quotes %j, which ends no record', (text) => {
    expect(readCsv(toCsv(['a'], [[text]]))[1]?.[0]?.replace(/^'/, '')).toBe(text);
  });

  it('starts no field with what a spreadsheet computes', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 4 }), (row) => {
        for (const field of readCsv(toCsv(['x'], [row]))
          .slice(1)
          .flat())
          expect(field).not.toMatch(/^[=+\-@\t\r]/);
      }),
    );
  });
});

/** Reads RFC 4180. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  const field = /(?:"((?:[^"]|"")*)"|([^,\r\n"]*))(,|\r\n|$)/y;
  while (field.lastIndex < text.length) {
    const found = field.exec(text);
    if (found === null) throw new Error('not RFC 4180');
    rows.at(-1)?.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? '');
    if (found[3] === '\r\n') rows.push([]);
  }
  return rows;
}
