import { describe, expect, it } from 'vitest';
import { isOffered, momentOf } from './until-choices.ts';

const wednesday = new Date(2026, 4, 6, 14, 0);

describe('until when', () => {
  it('offers an hour from now and this evening', () => {
    expect(momentOf('hour', wednesday)).toEqual(new Date(2026, 4, 6, 15, 0));
    expect(momentOf('evening', wednesday)).toEqual(new Date(2026, 4, 6, 18, 0));
  });

  it('offers no evening that has passed', () => {
    expect(isOffered('evening', new Date(2026, 4, 6, 18, 30))).toBe(false);
  });

  it('takes the coming Friday, and on a Friday the next one', () => {
    expect(momentOf('week', wednesday)).toEqual(new Date(2026, 4, 8, 18, 0));
    expect(momentOf('week', new Date(2026, 4, 8, 9, 0))).toEqual(new Date(2026, 4, 15, 18, 0));
  });

  it('has no moment for no end', () => {
    expect(momentOf('never', wednesday)).toBeNull();
    expect(isOffered('never', wednesday)).toBe(true);
  });
});
