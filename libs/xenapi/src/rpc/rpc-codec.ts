import { XenApiError, XenTransportError } from '../xenapi-error.ts';
import type { HttpResponse } from './http-response.ts';

/** The wires of XenAPI, newest first (xenapi.md §1.4, §1.5). */
export type RpcDialect = 'json-rpc-2.0' | 'json-rpc-1.0' | 'xml-rpc';

/** What the pool answered, and in which form: a host may answer in an older one than it was asked in. */
export type RpcAnswer =
  | { readonly ok: true; readonly value: unknown; readonly dialect: RpcDialect }
  | { readonly ok: false; readonly error: XenApiError; readonly dialect: RpcDialect };

/** How calls are written and answers read in one dialect. */
export interface RpcCodec {
  readonly dialect: RpcDialect;
  readonly path: string;
  readonly contentType: string;
  /** @throws XenTransportError xenapi/request-too-large, xenapi/bad-parameter */
  encode(method: string, params: readonly unknown[], id: number): Uint8Array;
  /** @throws XenTransportError for an answer that is none of the dialect */
  decode(response: HttpResponse, method: string, id: number): RpcAnswer;
}

/** Largest RPC body that xapi takes, in bytes (xenapi.md §1.3). */
export const MAX_REQUEST_BODY_BYTES = 300 * 1024;

/** Deepest nesting of an answer, in any dialect (security.md §4.7). The records of XenAPI need eight. */
export const MAX_ANSWER_DEPTH = 64;

const DROPPED_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/** True for a key that could reach the prototype of whatever it is written to. */
export function isDroppedKey(key: string): boolean {
  return DROPPED_KEYS.has(key);
}

/** @throws XenTransportError xenapi/request-too-large */
export function checkedBody(text: string, method: string): Uint8Array {
  const body = Buffer.from(text);
  if (body.length > MAX_REQUEST_BODY_BYTES)
    throw new XenTransportError('xenapi/request-too-large', { method, bytes: body.length });
  return body;
}

/** Statuses of web servers that know no such path, or know it elsewhere: xapi has no path for a POST that it does not know. */
const FOREIGN = new Set([301, 302, 303, 307, 308, 404, 405]);

/**
 * What can be told of an answer before its body is read.
 * @throws XenTransportError xenapi/error-page for xapi's 500 with HTML, which a malformed request gets too (xenapi.md
 *   §1.3); xenapi/not-xenapi for what only another web server answers; xenapi/http-status for the rest
 */
export function checkStatus({ status, contentType }: HttpResponse, method: string): void {
  const isPage = contentType.startsWith('text/html');
  if (status === 500) throw new XenTransportError('xenapi/error-page', { method, status });
  if (FOREIGN.has(status) || (status === 200 && isPage))
    throw new XenTransportError('xenapi/not-xenapi', { method, status });
  if (status !== 200) throw new XenTransportError('xenapi/http-status', { method, status });
}

/** A refusal from its list of texts. @throws XenTransportError xenapi/not-xenapi for an empty one */
export function refusalOf(list: readonly unknown[], method: string): XenApiError {
  const [xenCode, ...params] = list.map((item) => (typeof item === 'string' ? item : JSON.stringify(item)));
  if (xenCode === undefined || xenCode === '')
    throw new XenTransportError('xenapi/not-xenapi', { method, reason: 'error-shape' });
  return XenApiError.of(xenCode, params, method);
}
