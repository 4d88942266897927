import 'server-only';
import { PLATFORM_CHAIN } from '@porthole/audit';
import { touchInput } from '@porthole/auth';
import { AppError, NotFoundError } from '@porthole/errors';
import { initTRPC } from '@trpc/server';
import superjson from 'superjson';
import { z } from 'zod';
import type { Actor, SignedIn } from './actor.ts';
import { assertFactorShown } from './auth/assert-factor-shown.ts';
import type { Deps } from './deps-type.ts';
import { inOrg } from './inputs.ts';
import { recordRefusal } from './log/record-refusal.ts';
import { findMembership } from './people/find-membership.ts';
import type { RequestFacts } from './request-facts.ts';
import { assertTokenMay } from './tokens/assert-token-may.ts';
import { fieldsOf, isOurFault, publicErrorOf, toTrpcError } from './translate-error.ts';

export interface Context {
  deps: Deps;
  request: RequestFacts;
  signedIn: SignedIn | null;
  /** Why the API token that the request shows is not heard; each call says it. */
  refusal: AppError | null;
}

const t = initTRPC.context<Context>().create({
  transformer: superjson,
  isDev: false,
  sse: {
    ping: { enabled: true, intervalMs: 3_000 },
    client: { reconnectAfterInactivityMs: 10_000 },
  },
  errorFormatter({ shape, error, ctx }) {
    const { appCode, message, retryAfterS } = publicErrorOf(error);
    // A reference would make two answers differ that have to be alike to the byte (security.md §6).
    const isAbsence = error.code === 'NOT_FOUND';
    const reference = isAbsence ? null : (ctx?.request.reference ?? null);
    const { code, httpStatus } = shape.data;
    return { ...shape, message, data: { code, httpStatus, appCode, reference, retryAfterS } };
  },
});

export const { router, createCallerFactory } = t;

/** Ends a call in our words, once, and writes to the log what they leave out. */
const translated = t.procedure.use(async ({ ctx, path, type, next }) => {
  const result = await next();
  if (result.ok) return result;
  const error = toTrpcError(result.error);
  const { reference, ip } = ctx.request;
  const { appCode } = publicErrorOf(error);
  const details = error.cause instanceof AppError ? error.cause.details : { fields: fieldsOf(error) };
  const line = { reference, path, type, ip, code: appCode, personId: ctx.signedIn?.personId, details };
  if (isOurFault(error)) ctx.deps.logger.error({ ...line, err: error }, 'call failed');
  else ctx.deps.logger.info(line, 'call refused');
  throw error;
});

/** A program with an API token makes the calls of its scopes, and none that is not said to be for tokens. */
const ofToken = translated.use(async ({ ctx, path, next }) => {
  const { deps, signedIn, refusal } = ctx;
  if (refusal !== null) throw refusal;
  const token = signedIn?.token;
  if (signedIn === null || token === undefined) return next();
  try {
    await assertTokenMay(deps, token, path);
  } catch (error) {
    await recordRefusal(deps, { ...signedIn, tenantId: token.tenantId }, path, toTrpcError(error));
    throw error;
  }
  return next();
});

/**
 * A change is a POST with JSON from our own pages (security.md §8): no form and no other site can make one. Nor may a
 * link of another site ask for something: a refusal of it would stand in the log under the name of who followed it.
 * A token is shown by no page, so a program with one needs no Origin of ours, and no page of others is heard with it.
 */
const fromOurPages = ofToken.use(({ ctx, type, next }) => {
  const { method, origin, contentType, fetchSite } = ctx.request;
  const isElsewhere = fetchSite !== null && fetchSite !== 'same-origin';
  if (isElsewhere || (type === 'mutation' && !isFromOurPages(ctx))) {
    throw new AppError({
      code: 'request/other-site',
      publicMessage: 'Changes are taken from Porthole’s own pages alone.',
      details: { method, origin, contentType, fetchSite },
    });
  }
  return next();
});

function isFromOurPages({ deps, request, signedIn }: Context): boolean {
  const isJson = /^application\/json(?:\s*;|$)/i.test(request.contentType ?? '');
  const isOrigin =
    request.origin === deps.origin || (signedIn?.token !== undefined && request.origin === null);
  return request.method === 'POST' && isOrigin && isJson;
}

/** For anybody: signing in, and nothing else. */
export const publicProcedure = fromOurPages;

/** For a person with a living login session, or a program of theirs. Every change counts as input; reading and watching never do. */
export const signedInProcedure = fromOurPages.use(async ({ ctx, type, next }) => {
  const { signedIn, deps } = ctx;
  if (signedIn === null)
    throw new AppError({ code: 'auth/signed-out', publicMessage: 'You’re signed out. Sign in to go on.' });
  // A program's calls keep nobody signed in.
  if (type === 'mutation' && signedIn.token === undefined)
    await touchInput(deps, { id: signedIn.loginSessionId, lastInputAt: signedIn.lastInputAt });
  return next({ ctx: { ...ctx, signedIn } });
});

/**
 * For a member of the organisation that the call names. Absent and foreign ones give the same answer, to the byte.
 * What is refused inside becomes an event of that organisation's log, and who asks for one that isn't theirs one of
 * the platform's chain, here and nowhere else.
 */
export const tenantProcedure = signedInProcedure
  .input(z.object(inOrg))
  .use(async ({ ctx, input, path, next }) => {
    const membership = await findMembership(ctx.deps, ctx.signedIn.personId, input.org);
    const { token } = ctx.signedIn;
    if (membership === null || (token !== undefined && token.tenantId !== membership.tenantId)) {
      const absent = new NotFoundError('organisation', { slug: input.org });
      await recordRefusal(ctx.deps, { ...ctx.signedIn, tenantId: PLATFORM_CHAIN }, path, toTrpcError(absent));
      throw absent;
    }
    await assertFactorShown(ctx.deps, ctx.signedIn, membership);
    const actor: Actor = { ...ctx.signedIn, ...membership };
    const result = await next({ ctx: { ...ctx, actor } });
    if (!result.ok) await recordRefusal(ctx.deps, actor, path, toTrpcError(result.error));
    return result;
  });
