import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { type CheckedTarget, checkTarget } from './check-target.ts';
import { EgressError } from './egress-error.ts';
import type { EgressPolicy } from './egress-policy.ts';
import { parseAddress } from './parse-address.ts';
import { MIN_TLS_VERSION } from './tls-pin.ts';

/** Longest a call may take from the name to the last byte, in milliseconds. */
export const FETCH_TIMEOUT_MS = 10_000;
/** Most bytes of an answer; what is longer is cut off with an error. */
export const FETCH_MAX_BYTES = 1_048_576;

/** What a call may say; the subset of `fetch` that clients of ours need. */
export interface EgressFetchInit {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | null;
}

/** `fetch` through the door: https alone, to an address that passed every rule, and no redirect is followed. */
export type EgressFetch = (url: string, init?: EgressFetchInit) => Promise<Response>;

export interface FetchTrust {
  /** Certificates that vouch for the peer in place of the system's; of tests alone. */
  readonly authorities?: readonly string[];
}

/**
 * A `fetch` for hosts of the open net, whose certificates are vouched for by the usual authorities and not pinned. The name
 * is resolved once, every answer must pass, and the literal is dialled.
 *
 * @throws from the returned function: EgressError egress/bad-address, egress/address-not-allowed, egress/name-not-found,
 *   egress/refused, egress/unreachable, egress/timeout, egress/tls-failed, egress/too-long
 */
export function makeFetch(policy: EgressPolicy, trust: FetchTrust = {}): EgressFetch {
  return async (text, init = {}) => {
    const url = new URL(text);
    if (url.username !== '' || url.password !== '')
      throw new EgressError('egress/bad-address', { details: { reason: 'userinfo' } });
    // The path and what follows are the caller's; host and port go through the one parser of addresses.
    const { host, port } = parseAddress(url.origin);
    const target = await checkTarget(policy, host, port);
    return call({ url, target, port, init, trust });
  };
}

interface Call {
  readonly url: URL;
  readonly target: CheckedTarget;
  readonly port: number;
  readonly init: EgressFetchInit;
  readonly trust: FetchTrust;
}

function call({ url, target, port, init, trust }: Call): Promise<Response> {
  const where = { host: url.hostname, ip: target.ip, port };
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => fail(new EgressError('egress/timeout', { details: where })),
      FETCH_TIMEOUT_MS,
    );
    const asked = request({
      host: target.ip,
      family: target.family,
      port,
      servername: target.servername,
      path: `${url.pathname}${url.search}`,
      method: init.method ?? 'GET',
      headers: { ...init.headers, host: url.host, connection: 'close' },
      // A connection of its own: none is kept that was checked under another policy.
      agent: false,
      minVersion: MIN_TLS_VERSION,
      ...(trust.authorities === undefined ? {} : { ca: [...trust.authorities] }),
    });
    function fail(error: EgressError): void {
      clearTimeout(timer);
      reject(error);
      asked.destroy();
    }
    asked.once('error', (error) => fail(translate(error, where)));
    asked.once('response', (answer) => {
      readAll(answer).then(
        (body) => {
          clearTimeout(timer);
          resolve(responseOf(answer, body));
        },
        (cause: unknown) =>
          fail(
            cause instanceof EgressError
              ? cause
              : new EgressError('egress/unreachable', { details: where, cause }),
          ),
      );
    });
    asked.end(init.body ?? undefined);
  });
}

async function readAll(answer: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of answer) {
    const bytes = Buffer.from(part);
    size += bytes.length;
    if (size > FETCH_MAX_BYTES)
      throw new EgressError('egress/too-long', { details: { most: FETCH_MAX_BYTES } });
    parts.push(bytes);
  }
  return Buffer.concat(parts);
}

/** Statuses that may carry no body, which `Response` insists on. */
const BODILESS = new Set([204, 205, 304]);

function responseOf(answer: IncomingMessage, body: Buffer): Response {
  const status = answer.statusCode ?? 502;
  const headers = new Headers();
  for (const [name, values] of Object.entries(answer.headersDistinct))
    for (const value of values ?? []) headers.append(name, value);
  return new Response(BODILESS.has(status) ? null : Uint8Array.from(body), { status, headers });
}

function translate(error: NodeJS.ErrnoException, where: Record<string, unknown>): EgressError {
  const code = error.code ?? '';
  const init = { details: { ...where, reason: code === '' ? error.message : code }, cause: error };
  if (code === 'ECONNREFUSED') return new EgressError('egress/refused', init);
  if (code === 'ETIMEDOUT') return new EgressError('egress/timeout', init);
  const isTls = /CERT|SSL|TLS|SIGNATURE|ISSUER/.test(code);
  return new EgressError(isTls ? 'egress/tls-failed' : 'egress/unreachable', init);
}
