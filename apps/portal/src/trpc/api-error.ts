import { TRPCClientError } from '@trpc/client';
import type { AppRouter } from '../server/app-router.ts';

/** What a page may know of a refusal: the stable code, words for people, and a reference for the log. */
export interface ApiError {
  /** `room/what` as in libs/errors, or `network/away` where no answer came. */
  code: string;
  message: string;
  /** Short reference that finds the entry in the log; null for what must look alike. */
  reference: string | null;
  /** Seconds until the same call may be tried again, where a limit was met. */
  retryAfterS: number | null;
}

/** Reads any error of a query, mutation or subscription. */
export function apiErrorOf(error: unknown): ApiError {
  if (isApiFailure(error) && error.data) {
    const { appCode, reference, retryAfterS } = error.data;
    return { code: appCode, message: error.message, reference, retryAfterS };
  }
  return {
    code: 'network/away',
    message: 'Porthole didn’t answer. Check your network, then try again.',
    reference: null,
    retryAfterS: null,
  };
}

function isApiFailure(error: unknown): error is TRPCClientError<AppRouter> {
  return error instanceof TRPCClientError;
}
