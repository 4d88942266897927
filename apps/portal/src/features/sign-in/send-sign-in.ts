import { TRPC_ENDPOINT } from '../../trpc/endpoint.ts';

export type SignInAnswer =
  | { kind: 'ok' }
  /** The password was right, and a second factor is still to be shown. */
  | { kind: 'factor' }
  | { kind: 'no-match' }
  /** The sign-in that waited for a second factor is over. */
  | { kind: 'over' }
  | { kind: 'wait'; seconds: number }
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

/** Takes back a sign-in that waits for its second factor. An answer that doesn't come costs nothing: it ends by itself. */
export async function leaveSignIn(): Promise<void> {
  await send('auth.leaveSignIn', undefined);
}

async function send(path: string, json: unknown): Promise<SignInAnswer> {
  let response: Response;
  let body: string;
  try {
    response = await fetch(`${TRPC_ENDPOINT}/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ json }),
    });
    body = await response.text();
  } catch {
    return { kind: 'away' };
  }
  if (response.ok) return { kind: body.includes('"next":"factor"') ? 'factor' : 'ok' };
  if (response.status === 429) return { kind: 'wait', seconds: waitOf(body) };
  if (response.status >= 500) return { kind: 'away' };
  return { kind: body.includes('"auth/sign-in-over"') ? 'over' : 'no-match' };
}

function waitOf(body: string): number {
  const found = /"retryAfterS":(\d+)/.exec(body)?.[1];
  return found === undefined ? WAIT_UNKNOWN_S : Number(found);
}
