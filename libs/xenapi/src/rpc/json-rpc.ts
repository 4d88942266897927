import { z } from 'zod';
import type { XenApiError } from '../xenapi-error.ts';
import { XenTransportError } from '../xenapi-error.ts';
import type { HttpResponse } from './http-response.ts';
import { readJson } from './read-json.ts';
import { checkedBody, checkStatus, type RpcAnswer, type RpcCodec, refusalOf } from './rpc-codec.ts';

/** `data` may be missing where a refusal has no parameters (JSON-RPC 2.0 §5.1). */
const failure2 = z.object({ message: z.string(), data: z.unknown() }).partial({ data: true });
const envelope = z
  .object({ jsonrpc: z.unknown(), id: z.unknown(), result: z.unknown(), error: z.unknown() })
  .partial();

/** JSON-RPC 2.0 on `/jsonrpc` (xenapi.md §1.5). An answer in the form of 1.0 is as good. */
export const jsonRpc2: RpcCodec = {
  dialect: 'json-rpc-2.0',
  path: '/jsonrpc',
  contentType: 'application/json',
  encode: (method, params, id) => checkedBody(JSON.stringify({ jsonrpc: '2.0', method, params, id }), method),
  decode,
};

/** JSON-RPC 1.0: the same path, without a version in the request (xenapi.md §1.5). */
export const jsonRpc1: RpcCodec = {
  dialect: 'json-rpc-1.0',
  path: '/jsonrpc',
  contentType: 'application/json',
  encode: (method, params, id) => checkedBody(JSON.stringify({ method, params, id }), method),
  decode,
};

function decode(response: HttpResponse, method: string, id: number): RpcAnswer {
  // An unknown POST path falls through to XML-RPC: so a host before 7.3 gives itself away (xenapi.md §1.3).
  if (response.contentType.startsWith('text/xml'))
    throw new XenTransportError('xenapi/too-old-for-json', { method });
  checkStatus(response, method);
  const parsed = envelope.safeParse(readJson(response.body));
  if (!parsed.success) throw new XenTransportError('xenapi/not-xenapi', { method });
  const { jsonrpc, error, result } = parsed.data;
  const dialect = jsonrpc === '2.0' ? 'json-rpc-2.0' : 'json-rpc-1.0';
  if (error !== undefined && error !== null) return { ok: false, error: refusal(error, method), dialect };
  if (result === undefined) throw new XenTransportError('xenapi/not-xenapi', { method });
  if (String(parsed.data.id) !== String(id))
    throw new XenTransportError('xenapi/not-xenapi', { method, reason: 'id' });
  return { ok: true, value: result, dialect };
}

/** Both forms of a failure: 2.0's object, and the bare list of 1.0 and of emergency mode (xenapi.md §1.5). */
function refusal(error: unknown, method: string): XenApiError {
  const object = failure2.safeParse(error);
  if (object.success) return refusalOf([object.data.message, ...listOf(object.data.data)], method);
  return refusalOf(listOf(error), method);
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
