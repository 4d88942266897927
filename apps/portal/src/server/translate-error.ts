import { SignInWaitError } from '@porthole/auth';
import { AppError, DEFAULT_PUBLIC_MESSAGE } from '@porthole/errors';
import { TRPCError } from '@trpc/server';
import type { TRPC_ERROR_CODE_KEY } from '@trpc/server/rpc';
import { z } from 'zod';
import { LimitError } from './limit-error.ts';

/** What leaves the server about an error, beside tRPC's own code and status. */
export interface PublicError {
  appCode: string;
  message: string;
  retryAfterS: number | null;
}

const CODES: Record<string, TRPC_ERROR_CODE_KEY> = {
  'rbac/forbidden': 'FORBIDDEN',
  'rbac/locked': 'FORBIDDEN',
  'auth/signed-out': 'UNAUTHORIZED',
  'auth/no-match': 'UNAUTHORIZED',
  'auth/factor-no-match': 'UNAUTHORIZED',
  'auth/passkey-no-match': 'UNAUTHORIZED',
  'auth/code-no-match': 'UNAUTHORIZED',
  'auth/sign-in-over': 'UNAUTHORIZED',
  'token/refused': 'UNAUTHORIZED',
  'token/out-of-scope': 'FORBIDDEN',
  'sso/unreachable': 'SERVICE_UNAVAILABLE',
  'sso/changed-meanwhile': 'CONFLICT',
  'sso/domain-taken': 'CONFLICT',
  'auth/factor-key': 'INTERNAL_SERVER_ERROR',
  'auth/factor-sealed': 'INTERNAL_SERVER_ERROR',
  'auth/wait': 'TOO_MANY_REQUESTS',
  'auth/busy': 'SERVICE_UNAVAILABLE',
  'rate/limited': 'TOO_MANY_REQUESTS',
  'relay/none': 'SERVICE_UNAVAILABLE',
  'db/away': 'SERVICE_UNAVAILABLE',
  'db/busy': 'SERVICE_UNAVAILABLE',
  'db/conflict': 'CONFLICT',
  'policy/changed-meanwhile': 'CONFLICT',
  'team/name-taken': 'CONFLICT',
  'team/locked': 'CONFLICT',
  'asked/decided': 'CONFLICT',
  'support/decided': 'CONFLICT',
  'support/of-another': 'FORBIDDEN',
  'lock/of-provider': 'FORBIDDEN',
  'lock/own-self': 'FORBIDDEN',
  'asked/has-it': 'FORBIDDEN',
  'asked/no-glass': 'FORBIDDEN',
  'allotment/changed-meanwhile': 'CONFLICT',
  'request/other-site': 'FORBIDDEN',
};

/** The words of tRPC's own refusals, which are ours to say. */
const WORDS: Partial<Record<TRPC_ERROR_CODE_KEY, PublicError>> = {
  BAD_REQUEST: {
    appCode: 'request/unreadable',
    message: 'What was sent can’t be used. Nothing was changed.',
    retryAfterS: null,
  },
  PAYLOAD_TOO_LARGE: {
    appCode: 'request/too-large',
    message: 'That is too much at once.',
    retryAfterS: null,
  },
  UNSUPPORTED_MEDIA_TYPE: {
    appCode: 'request/unreadable',
    message: 'What was sent can’t be used. Nothing was changed.',
    retryAfterS: null,
  },
  NOT_FOUND: {
    appCode: 'request/no-such-call',
    message: 'This doesn’t exist, or it isn’t shared with you.',
    retryAfterS: null,
  },
  METHOD_NOT_SUPPORTED: {
    appCode: 'request/no-such-call',
    message: 'This doesn’t exist, or it isn’t shared with you.',
    retryAfterS: null,
  },
};

/** The one place where our errors become tRPC's. Not one word of a foreign error gets through. */
export function toTrpcError(error: unknown): TRPCError {
  const cause = rootOf(error);
  if (cause instanceof AppError)
    return new TRPCError({ code: trpcCodeOf(cause.code), message: cause.publicMessage, cause });
  return error instanceof TRPCError ? error : new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause: error });
}

/** What the browser reads of it. */
export function publicErrorOf(error: TRPCError): PublicError {
  const cause = rootOf(error);
  if (cause instanceof AppError)
    return { appCode: cause.code, message: cause.publicMessage, retryAfterS: retryAfterOf(cause) };
  return (
    WORDS[error.code] ?? { appCode: 'portal/failed', message: DEFAULT_PUBLIC_MESSAGE, retryAfterS: null }
  );
}

/** Whether somebody has to look at it: anything that is not a refusal of ours or a badly formed call. */
export function isOurFault(error: TRPCError): boolean {
  const cause = rootOf(error);
  if (cause instanceof AppError) return trpcCodeOf(cause.code) === 'INTERNAL_SERVER_ERROR';
  return error.code === 'INTERNAL_SERVER_ERROR';
}

/** Names of the fields that did not pass, for the log alone: never their values. */
export function fieldsOf(error: TRPCError): string[] {
  return error.cause instanceof z.ZodError ? error.cause.issues.map((issue) => issue.path.join('.')) : [];
}

function rootOf(error: unknown): unknown {
  return error instanceof TRPCError ? error.cause : error;
}

function trpcCodeOf(code: string): TRPC_ERROR_CODE_KEY {
  const known = CODES[code];
  if (known !== undefined) return known;
  if (code.endsWith('/not-found')) return 'NOT_FOUND';
  return REFUSED_ROOMS.some((room) => code.startsWith(room))
    ? 'PRECONDITION_FAILED'
    : 'INTERNAL_SERVER_ERROR';
}

/** Rooms whose codes say that something is as it is, and the caller can do something about it. */
const REFUSED_ROOMS = [
  'vm/',
  'grant/',
  'asked/',
  'pool/',
  'probe/',
  'console/',
  'check/',
  'auth/',
  'person/',
  'invitation/',
  'guest-link/',
  'token/',
  'organisation/',
  'sso/',
  'support/',
  'lock/',
] as const;

function retryAfterOf(error: AppError): number | null {
  return error instanceof SignInWaitError || error instanceof LimitError ? error.retryAfterS : null;
}
