import type { Actor, SignedIn } from '../actor.ts';

type Doer = Pick<Actor | SignedIn, 'personId' | 'personName' | 'ip' | 'token'>;

/** Who did it, from where, and that it was done: the part that all events of one person share. */
export function doneBy(doer: Doer) {
  return { outcome: 'ok', actor: actorIn(doer), ip: doer.ip } as const;
}

/** A person as the log names who acts; and the token by which a program did it for them. */
export function actorIn({ personId, personName, token }: Omit<Doer, 'ip'>) {
  return {
    personId,
    name: personName,
    kind: 'person',
    ...(token === undefined ? {} : { token: { id: token.id, name: token.name } }),
  } as const;
}
