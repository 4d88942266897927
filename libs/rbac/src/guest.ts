import type { Facts } from './facts.ts';
import type { Right } from './rights.ts';

/** What a guest link can give at most: one looks, types, and copies; nothing that outlasts the console, and never `share`. */
export const GUEST_RIGHTS = ['look', 'type', 'clipboard'] as const satisfies readonly Right[];
export type GuestRight = (typeof GUEST_RIGHTS)[number];

/** The link by which somebody without an account acts. The other facts beside it are those of who made it. */
export interface GuestFact {
  linkId: string;
  /** The one machine that it opens. */
  vmId: string;
  rights: readonly Right[];
  /** When link or visit end by themselves. */
  endsAt: Date;
  /** Somebody ended it. */
  over: boolean;
}

/** Whether a link of the guest is there and good, whatever its maker may. */
export function isLinkAlive({ over, endsAt }: GuestFact, now: Date): boolean {
  return !over && endsAt > now;
}

/** Who made the link, as themself: they need not be signed in for their guest, and their guest has no second factor. */
export function makerOf(facts: Facts): Facts {
  return {
    ...facts,
    guest: null,
    sessionAlive: true,
    factorPolicy: { required: false, consoleMaxAgeMs: null },
  };
}
