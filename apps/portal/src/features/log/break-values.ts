import type { LogVerdict } from '../../server/log/verify-log.ts';

type Break = NonNullable<LogVerdict['brokenAt']>;

/** Numbers stand as numbers: an event is called by its number as it is stored. */
export function breakValues({ seq, why, found }: Break) {
  return {
    case: why.replaceAll('-', '_'),
    n: (found ?? seq) - seq,
    seq: String(seq),
    before: String(seq - 1),
    found: String(found ?? seq),
  };
}

/** The event to open: the one that stands at the place, else the last one before it. */
export function placeOf({ seq, found }: Break): number {
  return found ?? Math.max(1, seq - 1);
}
