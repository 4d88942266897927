import { describe, expect, it } from 'vitest';
import { lineSchema, nameSchema } from './inputs.ts';

const name = nameSchema(20);

describe('a name', () => {
  it.each([
    'Nina',
    'Jean-Luc O’Neill',
    'Ops 24/7',
    '李小龙',
    'علی\u200cرضا',
    'नमस्\u200dते',
    'ജോണ\u0d4d\u200d മാത്യു',
    '👩\u200d💻 Ops',
    '👩🏽\u200d🚒',
    '❤\ufe0f',
    '1\ufe0f\u20e3 First',
  ])('can be %j', (text) => {
    expect(name.parse(text)).toBe(text);
  });

  it.each([
    ['A\u200bnna', 'a blank without width'],
    ['A\u200cnna', 'a joiner in Latin'],
    ['Anna\u200d', 'a joiner that joins nothing'],
    ['علی\u200c رضا', 'the same before a blank'],
    ['❤\ufe0f\u200d', 'the same after a picture'],
    ['Anna\ufe0f', 'what chooses how a picture is drawn, after a letter'],
    ['Ops 7\ufe0f', 'the same after a digit'],
    ['\u3164', 'a filler'],
    ['\u2800', 'a blank of Braille'],
    ['Op\u00ads', 'a hyphen that is not drawn'],
    ['Ops\u{e0041}', 'a tag'],
    ['Ops\u2028Night', 'a line of its own'],
    ['\u00a0 ', 'blanks alone'],
  ])('is not %j: %s', (text) => {
    expect(name.safeParse(text).success).toBe(false);
  });

  it('that looks the same is the same, however it was typed', () => {
    for (const text of ['Zoe\u0308 Night', 'Zoë\u00a0 Night', ' Zoë  Night ', 'Zoë\u3000Night'])
      expect(name.parse(text)).toBe('Zoë Night');
  });
});

describe('a line', () => {
  it('holds nothing that forges how it reads', () => {
    for (const text of ['a\nb', 'a\u202eb', 'a\u2066b', 'a\u2028b', 'a\u2029b', 'a\ud800b', 'a\u0000b'])
      expect(lineSchema(1, 10).safeParse(text).success).toBe(false);
    expect(lineSchema(1, 10).parse(' a  b ')).toBe('a  b');
  });
});
