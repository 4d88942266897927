import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TextScrollback } from './text-scrollback.ts';

const text = (scrollback: TextScrollback) => Buffer.from(scrollback.replay().before).toString();

describe('a scrollback', () => {
  it('gives back what was printed, byte by byte where it may', () => {
    const scrollback = new TextScrollback(100);
    scrollback.push(Buffer.from('grün \u001b[31mrot\u001b[0m\r\n'));
    scrollback.push(Buffer.from('$ '));
    expect(text(scrollback)).toBe('grün \u001b[31mrot\u001b[0m\r\n$ ');
  });

  it('tells apart what was printed since a place, from the beginning of its line', () => {
    const scrollback = new TextScrollback(60);
    const parts = (position: number) => {
      const { before, since } = scrollback.replay(position);
      return [Buffer.from(before).toString(), Buffer.from(since).toString()];
    };
    scrollback.push(Buffer.from('login: '));
    const { position } = scrollback;
    expect(parts(position)).toEqual(['login: ', '']);
    scrollback.push(Buffer.from('mira\nready\n'));
    expect(parts(position)).toEqual(['', 'login: mira\nready\n']);
    expect(parts(scrollback.position - 1)).toEqual(['login: mira\n', 'ready\n']);
    for (let n = 0; n < 20; n += 1) scrollback.push(Buffer.from(`line ${n}\n`));
    const [before, since] = parts(position);
    expect(before).toBe('');
    expect(since?.startsWith('line 1')).toBe(true);
  });

  it('keeps nothing where nothing may be kept', () => {
    const scrollback = new TextScrollback(0);
    scrollback.push(Buffer.from('secret\n'));
    expect(scrollback.bytes).toBe(0);
    expect(text(scrollback)).toBe('');
  });

  it('keeps the newest within its bound and begins with a whole line', () => {
    const scrollback = new TextScrollback(20);
    for (let n = 0; n < 50; n += 1) scrollback.push(Buffer.from(`line ${n}\n`));
    expect(scrollback.bytes).toBeLessThanOrEqual(20);
    expect(text(scrollback)).toBe('line 48\nline 49\n');
    scrollback.push(Buffer.from(`${'x'.repeat(500)}\nend`));
    expect(text(scrollback)).toBe('end');
  });

  it('keeps the end of what was printed, in parts of any length', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.array(fc.stringMatching(/^[a-z]{0,50}$/), { maxLength: 30 }),
        (bound, parts) => {
          const scrollback = new TextScrollback(bound);
          for (const part of parts) scrollback.push(Buffer.from(part));
          const all = parts.join('');
          expect([text(scrollback), scrollback.position]).toEqual([all.slice(-bound), all.length]);
        },
      ),
    );
  });

  it('does not keep the memory that it was given', () => {
    const scrollback = new TextScrollback();
    const chunk = Buffer.from('first');
    scrollback.push(chunk);
    chunk.fill('x');
    expect(text(scrollback)).toBe('first');
  });

  it.each([
    '\u001b[6n',
    '\u001b[?6n',
    '\u001b[c',
    '\u001b[>0c',
    '\u001b[?2026$p',
    '\u001b[18t',
    '\u001b]10;?\u0007',
    '\u001b]4;1;?\u001b\\',
    '\u001bP$qm\u001b\\',
    '\u001bZ',
    '\u0005',
  ])('asks the terminal nothing: %j', (question) => {
    const scrollback = new TextScrollback();
    scrollback.push(Buffer.from(`before${question}after`));
    expect(text(scrollback)).toBe('beforeafter');
  });
});
