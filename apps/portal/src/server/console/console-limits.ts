import type { Rate } from '@porthole/db';
import type { Actor } from '../actor.ts';

const MINUTE_S = 60;
/** Openings a minute (security.md §9). */
export const OPENS_PER_PERSON = 30;
export const OPENS_PER_TENANT = 300;

export function openRates({ personId, tenantId }: Pick<Actor, 'personId' | 'tenantId'>): Rate[] {
  return [
    { key: `console.open:person:${personId}`, windowS: MINUTE_S, max: OPENS_PER_PERSON },
    { key: `console.open:tenant:${tenantId}`, windowS: MINUTE_S, max: OPENS_PER_TENANT },
  ];
}
