import { TRPC_ENDPOINT } from '../../trpc/endpoint.ts';

export type SignInAnswer =
  | { kind: 'ok' }
  | { kind: 'no-match' }
  | { kind: 'wait'; seconds: number }
  | { kind: 'away' };

const WAIT_UNKNOWN_S = 60;

/**
 * Calls `auth.signIn` by hand: the page of the sign-in is the first thing a browser loads, and the client library with
 * its cache would be half of its script.
 */
export async function sendSignIn(email: string, password: string): Promise<SignInAnswer> {
  let response: Response;
  try {
    response = await fetch(`${TRPC_ENDPOINT}/auth.signIn`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ json: { email, password } }),
    });
  } catch {
    return { kind: 'away' };
  }
  if (response.ok) return { kind: 'ok' };
  if (response.status === 429) return { kind: 'wait', seconds: waitOf(await response.text()) };
  return response.status >= 500 ? { kind: 'away' } : { kind: 'no-match' };
}

function waitOf(body: string): number {
  const found = /"retryAfterS":(\d+)/.exec(body)?.[1];
  return found === undefined ? WAIT_UNKNOWN_S : Number(found);
}
