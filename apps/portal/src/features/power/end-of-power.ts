import { POWER_FAILURES, type PowerAct } from '@porthole/rbac';

type Row = (typeof POWER_FAILURES)[number];

/** The row of design §7 (`power.*`) that a kept failure is of, and which of its sentences; `other` has no cause. */
export function endOfPower(failure: string | null): { row: Row; why: string } {
  const [key, why = 'other'] = (failure ?? '').split('-');
  return { row: POWER_FAILURES.find((known) => known === key) ?? 'refused', why };
}

/** What the words of a row offer beside putting them away. */
export type Offer = 'openConsole' | PowerAct;

const OFFERS: Partial<Record<Row, readonly Offer[]>> = {
  tools: ['openConsole', 'hard_shutdown'],
  deaf: ['openConsole', 'hard_shutdown'],
  device: ['clean_shutdown'],
};
/** Rows after which the same may be asked anew. */
const AGAIN: readonly Row[] = ['room', 'later', 'unclear', 'cancelled', 'refused'];

/** The buttons of an end, in the order of the paper: a way round, or the same once more. */
export function offersAfter(row: Row, act: PowerAct): readonly Offer[] {
  return OFFERS[row] ?? (AGAIN.includes(row) ? [act] : []);
}
