import { CLOSE, closeKindOf, LIMITS } from '@porthole/relay-contract';
import { describe, expect, it } from 'vitest';
import { FIRST_WAIT_MS, LONGEST_WAIT_MS, Redial, STEADY_MS } from './redial.ts';

const MOST = () => 1;

describe('dialling again', () => {
  it('waits twice as long each time, up to a bound, and half of that at the least', () => {
    const redial = new Redial(MOST);
    const waits = Array.from({ length: 7 }, () => redial.after('hostState', 0)?.waitMs);
    expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000]);
    const least = new Redial(() => 0);
    expect(least.after('hostState', 0)?.waitMs).toBe(FIRST_WAIT_MS / 2);
    expect(LONGEST_WAIT_MS).toBe(5_000);
  });

  it('ends after its time, counted from the loss', () => {
    const redial = new Redial(MOST);
    expect(redial.after('hostLost', 1_000)).not.toBeNull();
    expect(redial.after('hostState', 1_000 + LIMITS.redialForMs - 1)).not.toBeNull();
    expect(redial.after('hostState', 1_000 + LIMITS.redialForMs)).toBeNull();
  });

  it('begins anew after a line that held, and not after one that broke at once', () => {
    const redial = new Redial(MOST);
    redial.after('hostLost', 0);
    redial.after('hostState', 500);
    redial.up(1_000);
    expect(redial.after('hostLost', 1_000 + STEADY_MS - 1)?.waitMs).toBe(1_000);
    redial.up(20_000);
    expect(redial.after('hostLost', 20_000 + STEADY_MS)?.waitMs).toBe(FIRST_WAIT_MS);
    const flapping = new Redial(MOST);
    for (let now = 0; now < LIMITS.redialForMs; now += STEADY_MS / 2) {
      expect(flapping.after('hostLost', now)).not.toBeNull();
      flapping.up(now + 100);
    }
    expect(flapping.after('hostLost', LIMITS.redialForMs)).toBeNull();
  });

  it('never follows another certificate, a machine that is off, or a right that is gone', () => {
    const kinds = ['certificate', 'guestOff', 'hostRefusedRole', 'notAConsole'] as const;
    for (const kind of kinds) expect(new Redial().after(kind, 0)).toBeNull();
    expect(kinds.every((kind) => kind in CLOSE)).toBe(true);
    for (const { code, reason } of Object.values(CLOSE)) {
      const kind = closeKindOf(code, reason);
      if (code === CLOSE.withdrawn.code && kind !== null) expect(new Redial().after(kind, 0)).toBeNull();
    }
  });

  it('waits for a machine that is off only as long as it is on its way', () => {
    expect(new Redial().after('guestOff', 0, true)).not.toBeNull();
    expect(new Redial().after('certificate', 0, true)).toBeNull();
    const redial = new Redial();
    redial.after('guestOff', 0, true);
    expect(redial.after('guestOff', LIMITS.redialForMs, true)).toBeNull();
  });

  it('says of the machine what the end of a try shows', () => {
    const redial = new Redial();
    expect(redial.after('hostLost', 0)?.cause).toBeNull();
    expect(redial.after('hostUnreachable', 1)?.cause).toBe('host');
    expect(redial.after('hostState', 2)?.cause).toBe('rebooting');
  });
});
