import type { PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/browser';
import { TRPC_ENDPOINT } from '../../trpc/endpoint.ts';
import { showPasskey } from './device-passkey.ts';
import { type SsoEnd, ssoEndIn } from './sso-ends.ts';

export type SignInAnswer =
  | { kind: 'ok' }
  /** The password was right, and a second factor is still to be shown. */
  | { kind: 'factor'; byPasskey: boolean; byCode: boolean }
  | { kind: 'no-match' }
  /** The device showed none: closed, or there is none for this place. */
  | { kind: 'no-passkey' }
  /** It showed one that isn't known, or too late. */
  | { kind: 'passkey-unknown' }
  /** This browser has none at all. */
  | { kind: 'unsupported' }
  /** The sign-in that waited for a second factor is over. */
  | { kind: 'over' }
  /** A way to an issuer came to nothing. */
  | { kind: 'sso'; end: SsoEnd }
  /** Go on at the issuer. */
  | { kind: 'elsewhere'; url: string }
  | { kind: 'wait'; seconds: number }
  /** All places for password checks are taken; the same works a moment later. */
  | { kind: 'busy' }
  | { kind: 'away' };

const WAIT_UNKNOWN_S = 60;

/**
 * Calls `auth.signIn` by hand: the page of the sign-in is the first thing a browser loads, and the client library with
 * its cache would be half of its script.
 */
export async function sendSignIn(email: string, password: string): Promise<SignInAnswer> {
  return send('auth.signIn', { email, password });
}

/** The second half of a sign-in. */
export async function sendFactor(kind: 'code' | 'recovery', code: string): Promise<SignInAnswer> {
  return send('auth.finishSignIn', { kind, code });
}

/** Signs in by a passkey alone, or by one as the second factor of the sign-in that waits. */
export async function sendPasskey(as: 'sign-in' | 'factor'): Promise<SignInAnswer> {
  const asked = await post('auth.askPasskey', { as });
  if (asked === 'away' || !asked.ok) return answerOf(asked);
  const read: { result?: { data?: { json?: PublicKeyCredentialRequestOptionsJSON } } } = JSON.parse(
    asked.body,
  );
  const options = read.result?.data?.json;
  if (options === undefined) return { kind: 'away' };
  const shown = await showPasskey(options);
  if (shown.kind !== 'ok') return { kind: shown.kind === 'unsupported' ? 'unsupported' : 'no-passkey' };
  return send('auth.signInByPasskey', { response: shown.response });
}

/** Where the person of this address proves who they are; the domain alone decides. */
export async function sendSso(email: string, next: string | null): Promise<SignInAnswer> {
  const posted = await post('singleSignOn.begin', { email, next });
  if (posted === 'away') return { kind: 'away' };
  if (posted.ok) {
    const read: { result?: { data?: { json?: { url?: string } } } } = JSON.parse(posted.body);
    const url = read.result?.data?.json?.url;
    return url === undefined ? { kind: 'away' } : { kind: 'elsewhere', url };
  }
  const end = ssoEndIn(/"sso\/([a-z-]+)"/.exec(posted.body)?.[1] ?? null);
  return end === null ? answerOf(posted) : { kind: 'sso', end };
}

/** Takes back a sign-in that waits for its second factor. An answer that doesn't come costs nothing: it ends by itself. */
export async function leaveSignIn(): Promise<void> {
  await send('auth.leaveSignIn', undefined);
}

async function send(path: string, json: unknown): Promise<SignInAnswer> {
  return answerOf(await post(path, json));
}

type Posted = { ok: boolean; status: number; body: string } | 'away';

async function post(path: string, json: unknown): Promise<Posted> {
  try {
    const response = await fetch(`${TRPC_ENDPOINT}/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ json }),
    });
    return { ok: response.ok, status: response.status, body: await response.text() };
  } catch {
    return 'away';
  }
}

/** What the server's answer means to who signs in; `away` where there was none. */
export function answerOf(posted: Posted): SignInAnswer {
  if (posted === 'away') return { kind: 'away' };
  const { ok, status, body } = posted;
  if (status >= 500) return { kind: body.includes('"auth/busy"') ? 'busy' : 'away' };
  if (ok && body.includes('"next":"factor"'))
    return { kind: 'factor', byPasskey: body.includes('"passkey"'), byCode: body.includes('"code"') };
  if (ok) return { kind: 'ok' };
  if (status === 429) return { kind: 'wait', seconds: waitOf(body) };
  if (body.includes('"auth/passkey-no-match"')) return { kind: 'passkey-unknown' };
  return { kind: body.includes('"auth/sign-in-over"') ? 'over' : 'no-match' };
}

function waitOf(body: string): number {
  const found = /"retryAfterS":(\d+)/.exec(body)?.[1];
  return found === undefined ? WAIT_UNKNOWN_S : Number(found);
}
