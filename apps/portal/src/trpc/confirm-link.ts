import type { TRPCLink } from '@trpc/client';
import { observable } from '@trpc/server/observable';
import type { AppRouter } from '../server/app-router.ts';
import { apiErrorOf } from './api-error.ts';
import type { ConfirmBroker, ConfirmWish } from './confirm-broker.ts';

/**
 * Every change that the server answers with "confirm first" asks who it is and is then sent again, once: no page has to
 * know which acts want that. The server decides each time anew; this only repeats the call.
 */
export function confirmLink(broker: ConfirmBroker): TRPCLink<AppRouter> {
  return () =>
    ({ op, next }) =>
      observable((observer) => {
        let over = false;
        const send = (mayAsk: boolean) =>
          next(op).subscribe({
            next: (value) => observer.next(value),
            complete: () => observer.complete(),
            error: (error) => {
              const wish = mayAsk && op.type === 'mutation' ? wishOf(apiErrorOf(error).code, op.input) : null;
              if (wish === null) return observer.error(error);
              void broker.ask(wish).then((proved) => {
                if (over) return;
                if (proved) current = send(false);
                else observer.error(error);
              });
            },
          });
        let current = send(true);
        return () => {
          over = true;
          current.unsubscribe();
        };
      });
}

function wishOf(code: string, input: unknown): ConfirmWish | null {
  const org = Reflect.get(Object(input), 'org');
  const named = typeof org === 'string' ? org : null;
  if (code === 'auth/confirm-first') return { proof: 'any', org: named };
  return code === 'auth/factor-stale' ? { proof: 'factor', org: named } : null;
}
