import type { Actor, SignedIn } from '../actor.ts';

/** Who did it, from where, and that it was done: the part that all events of one person share. */
export function doneBy({
  personId,
  personName,
  ip,
}: Pick<Actor | SignedIn, 'personId' | 'personName' | 'ip'>) {
  return {
    outcome: 'ok',
    actor: { personId, name: personName, kind: 'person' },
    ip,
  } as const;
}
