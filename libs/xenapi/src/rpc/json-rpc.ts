import { z } from 'zod';
import type { HttpResponse } from './http-response.ts';
import { readJson } from './read-json.ts';
import { HostIsSlaveError, XenApiError, XenTransportError } from './xenapi-error.ts';

/**
 * How calls are written and answers read. JSON-RPC 2.0 is one; XML-RPC for hosts before 7.3 fits beside it.
 */
export interface RpcCodec {
  readonly path: string;
  readonly contentType: string;
  encode(method: string, params: readonly unknown[], id: number): Uint8Array;
  /** @throws XenApiError for a refusal of the pool, XenTransportError for an answer that is none */
  decode(response: HttpResponse, method: string, id: number): unknown;
}

/** Largest RPC body that xapi takes, in bytes (xenapi.md §1.3). */
export const MAX_REQUEST_BODY_BYTES = 300 * 1024;

const failure2 = z.object({ message: z.string(), data: z.unknown() });
const envelope = z.object({ id: z.unknown(), result: z.unknown(), error: z.unknown() }).partial();

/** JSON-RPC 2.0 on `/jsonrpc` (xenapi.md §1.5). */
export const jsonRpc: RpcCodec = {
  path: '/jsonrpc',
  contentType: 'application/json',

  encode(method, params, id) {
    const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', method, params, id }));
    if (body.length > MAX_REQUEST_BODY_BYTES) {
      throw new XenTransportError('xenapi/request-too-large', { method, bytes: body.length });
    }
    return body;
  },

  decode(response, method, id) {
    // An unknown POST path falls through to XML-RPC: so a host before 7.3 gives itself away (xenapi.md §1.3).
    if (response.contentType.startsWith('text/xml'))
      throw new XenTransportError('xenapi/too-old-for-json', { method });
    if (response.status !== 200) {
      throw new XenTransportError('xenapi/http-status', { method, status: response.status });
    }
    if (response.contentType.startsWith('text/html'))
      throw new XenTransportError('xenapi/not-xenapi', { method });
    const parsed = envelope.safeParse(readJson(response.body));
    if (!parsed.success) throw new XenTransportError('xenapi/not-xenapi', { method });
    const answer = parsed.data;
    if (answer.error !== undefined && answer.error !== null) throw refusal(answer.error, method);
    if (answer.result === undefined) throw new XenTransportError('xenapi/not-xenapi', { method });
    if (String(answer.id) !== String(id))
      throw new XenTransportError('xenapi/not-xenapi', { method, reason: 'id' });
    return answer.result;
  },
};

/** Both forms of a failure: 2.0's object, and the bare list that emergency mode lets through (xenapi.md §1.5). */
function refusal(error: unknown, method: string): Error {
  const object = failure2.safeParse(error);
  const list = object.success ? [object.data.message, ...texts(object.data.data)] : texts(error);
  const [xenCode, ...params] = list;
  if (xenCode === undefined)
    return new XenTransportError('xenapi/not-xenapi', { method, reason: 'error-shape' });
  if (xenCode === 'HOST_IS_SLAVE') return new HostIsSlaveError(params, method);
  return new XenApiError(xenCode, params, method);
}

function texts(value: unknown): string[] {
  return Array.isArray(value)
    ? value.map((item) => (typeof item === 'string' ? item : JSON.stringify(item)))
    : [];
}
