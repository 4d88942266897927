import 'server-only';
import { readCookie, SSO_COOKIE, SsoError } from '@porthole/auth';
import { codeOf } from '@porthole/errors';
import { contextOf } from '../context.ts';
import type { Deps } from '../deps-type.ts';
import { finishSso, type SsoEnd } from './finish-sso.ts';

/**
 * Answers the browser that comes back from its issuer: inside, to the second factor, or to the sign-in page with a word of
 * what was in the way. A GET of another site's making, so all that it may do is what its cookie was set for.
 */
export async function comeBack(deps: Deps, req: Request): Promise<Response> {
  const headers = new Headers({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
  const { request } = await contextOf(deps, req, headers);
  const sso = readCookie(req.headers.get('cookie'), SSO_COOKIE);
  const to = await finishSso(deps, { ...request, sso }, new URL(req.url).search).then(
    placeOf,
    (error: unknown) => {
      const { reference, ip } = request;
      const details = error instanceof SsoError ? error.details : {};
      const line = { reference, ip, path: 'sign-in/single-sign-on', code: codeOf(error), details };
      if (error instanceof SsoError) deps.logger.info(line, 'call refused');
      else deps.logger.error({ ...line, err: error }, 'call failed');
      return `/sign-in?sso=${error instanceof SsoError ? error.code.slice('sso/'.length) : 'fault'}`;
    },
  );
  headers.set('location', `${deps.origin}${to}`);
  return new Response(null, { status: 303, headers });
}

function placeOf(end: SsoEnd): string {
  const next = end.next ?? '/organisations';
  if (end.kind === 'inside') return next;
  const by = end.by.includes('passkey') ? { by: end.by.includes('code') ? 'either' : 'passkey' } : {};
  return `/sign-in/factor?${new URLSearchParams({ ...by, next })}`;
}
