import { TRPCClientError, type TRPCLink } from '@trpc/client';
import { observable } from '@trpc/server/observable';
import { describe, expect, it } from 'vitest';
import type { AppRouter } from '../server/app-router.ts';
import { ConfirmBroker, type ConfirmWish } from './confirm-broker.ts';
import { confirmLink } from './confirm-link.ts';

function refusal(appCode: string) {
  const error = { message: 'no', code: -32_000, data: { appCode, reference: null, retryAfterS: null } };
  return TRPCClientError.from<AppRouter>(Object({ error }));
}

/** A call through the link, against a server that gives these answers one after the other. */
function call(answers: readonly string[], proves: boolean | null, type: 'mutation' | 'query' = 'mutation') {
  const wishes: ConfirmWish[] = [];
  let sent = 0;
  const broker = new ConfirmBroker();
  if (proves !== null)
    broker.attach((wish) => {
      wishes.push(wish);
      return Promise.resolve(proves);
    });
  const server: TRPCLink<AppRouter> = () => () =>
    observable((observer) => {
      const answer = answers[sent++] ?? 'nothing';
      if (answer === 'ok') {
        observer.next({ result: { data: 'done' } });
        observer.complete();
      } else observer.error(refusal(answer));
    });
  const op = { id: 1, type, path: 'pools.setAccount', input: { org: 'acme' }, context: {}, signal: null };
  const runtime = Object({});
  const ended = new Promise<string>((resolve) => {
    confirmLink(broker)(runtime)({
      op,
      next: (passed) => server(runtime)({ op: passed, next: Object(null) }),
    }).subscribe({
      next: () => resolve('done'),
      error: (error) => resolve(String(error.data?.appCode)),
    });
  });
  return { ended, wishes, sent: () => sent };
}

describe('a change that wants to know who acts', () => {
  it('is sent again once it was proved', async () => {
    const { ended, wishes, sent } = call(['auth/confirm-first', 'ok'], true);
    expect(await ended).toBe('done');
    expect(sent()).toBe(2);
    expect(wishes).toEqual([{ proof: 'any', org: 'acme' }]);
  });

  it('asks for the second factor where that is wanted', async () => {
    const { ended, wishes } = call(['auth/factor-stale', 'ok'], true);
    expect(await ended).toBe('done');
    expect(wishes).toEqual([{ proof: 'factor', org: 'acme' }]);
  });

  it('stays refused where nobody proves it, and asks once only', async () => {
    expect(await call(['auth/confirm-first', 'ok'], false).ended).toBe('auth/confirm-first');
    expect(await call(['auth/confirm-first', 'ok'], null).ended).toBe('auth/confirm-first');
    const twice = call(['auth/confirm-first', 'auth/confirm-first', 'ok'], true);
    expect(await twice.ended).toBe('auth/confirm-first');
    expect(twice.wishes).toHaveLength(1);
  });

  it('is none of a query’s business, nor of other refusals', async () => {
    expect(await call(['auth/confirm-first', 'ok'], true, 'query').ended).toBe('auth/confirm-first');
    expect(await call(['rbac/forbidden', 'ok'], true).ended).toBe('rbac/forbidden');
  });
});
