import { describe, expect, it } from 'vitest';
import { amountText, parseAmount } from './amount.ts';

const MINUTE = 60_000;
const HOUR = 3_600_000;

describe('an amount in people’s units', () => {
  it.each([
    [1_800_000, MINUTE, '30'],
    [90_000, MINUTE, '1.5'],
    [28_800_000, HOUR, '8'],
    [5_400_000, HOUR, '1.5'],
    [0, MINUTE, '0'],
    [100_000, MINUTE, '1.667'],
  ])('shows %d as %s', (value, unit, text) => {
    expect(amountText(value, unit)).toBe(text);
  });

  it.each([
    ['30', MINUTE, 1_800_000],
    [' 1.5 ', HOUR, 5_400_000],
    ['1,5', HOUR, 5_400_000],
    ['0', MINUTE, 0],
    ['0.001', HOUR, 3_600],
  ])('reads %s', (text, unit, value) => {
    expect(parseAmount(text, unit)).toBe(value);
  });

  it.each(['', 'ten', '1e3', '-1', '1.', '.5', '1.2.3', '1 000', '0x10', '9999999', '１'])(
    'reads no number in “%s”',
    (text) => {
      expect(parseAmount(text, MINUTE)).toBeNull();
    },
  );
});
