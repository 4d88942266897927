import { describe, expect, it } from 'vitest';
import { TOKEN_MAX_MS } from '../../server/tokens/token-limits.ts';
import { endAfter, TOKEN_DAYS } from './token-ends.ts';

const now = new Date('2026-11-29T12:00:00Z');

describe('the ends that a token can be made with', () => {
  it('are within what the server takes, also where a clock is hours ahead', () => {
    for (const days of TOKEN_DAYS) {
      const life = endAfter(days, now).getTime() - now.getTime();
      expect(life).toBeGreaterThan(0);
      expect(life + 12 * 3_600_000).toBeLessThan(TOKEN_MAX_MS);
    }
  });

  it('count whole days', () => {
    expect(endAfter('30', now).toISOString()).toBe('2026-12-29T12:00:00.000Z');
  });
});
