import { TRPC_ENDPOINT } from '../../trpc/endpoint.ts';

/** What came of a call: its answer, a refusal with its code and words, or nothing at all. */
export type CallAnswer =
  | { kind: 'ok'; data: Readonly<Record<string, unknown>> }
  | { kind: 'refused'; code: string; message: string }
  | { kind: 'away' };

/**
 * Calls a procedure by hand, for the pages that a mailed link opens: the client library with its cache would be half of
 * their script. A secret goes in the body and nowhere else.
 */
export async function postCall(path: string, input: Readonly<Record<string, unknown>>): Promise<CallAnswer> {
  try {
    const response = await fetch(`${TRPC_ENDPOINT}/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ json: input }),
    });
    const body: unknown = await response.json();
    if (response.ok) return { kind: 'ok', data: record(at(body, 'result', 'data', 'json')) };
    const code = at(body, 'error', 'json', 'data', 'appCode');
    const message = at(body, 'error', 'json', 'message');
    return typeof code === 'string' && typeof message === 'string'
      ? { kind: 'refused', code, message }
      : { kind: 'away' };
  } catch {
    return { kind: 'away' }; // No answer, or none of ours.
  }
}

function at(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>((inner, key) => Reflect.get(Object(inner), key), value);
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(Object(value)));
}
