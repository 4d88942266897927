import { AppError } from '@porthole/errors';
import { initTRPC } from '@trpc/server';
import superjson from 'superjson';
import { z } from 'zod';
import type { Actor, SignedIn } from './actor.ts';
import type { Deps } from './deps.ts';
import { inOrg } from './inputs.ts';

export interface Context {
  deps: Deps;
  signedIn: SignedIn | null;
  actor: Actor | null;
}

const t = initTRPC.context<Context>().create({
  transformer: superjson,
  errorFormatter: ({ shape }) => ({
    ...shape,
    data: {
      ...shape.data,
      appCode: 'portal/failed',
      reference: '' as string | null,
      retryAfterS: null as number | null,
    },
  }),
});

export const router = t.router;
export const publicProcedure = t.procedure;
export const signedInProcedure = t.procedure.use(({ ctx, next }) => {
  if (ctx.signedIn === null) throw new AppError({ code: 'auth/signed-out' });
  return next({ ctx: { ...ctx, signedIn: ctx.signedIn } });
});
export const tenantProcedure = signedInProcedure.input(z.object(inOrg)).use(({ ctx, next }) => {
  if (ctx.actor === null) throw new AppError({ code: 'organisation/not-found' });
  return next({ ctx: { ...ctx, actor: ctx.actor } });
});
