import { XenTransportError } from '../xenapi-error.ts';
import type { HttpResponse } from './http-response.ts';
import { readXmlResponse } from './read-xml.ts';
import { checkedBody, checkStatus, type RpcAnswer, type RpcCodec, refusalOf } from './rpc-codec.ts';
import { writeXmlCall } from './write-xml.ts';

/** Of a fault's text only so much is kept, in characters. */
const MAX_FAULT_TEXT = 256;

/** XML-RPC on `/`, for XenServer 7.0 to 7.2, which know nothing else (xenapi.md §1.4). */
export const xmlRpc: RpcCodec = {
  dialect: 'xml-rpc',
  path: '/',
  contentType: 'text/xml',
  encode: (method, params) => checkedBody(writeXmlCall(method, params), method),
  decode,
};

function decode(response: HttpResponse, method: string): RpcAnswer {
  checkStatus(response, method);
  if (!/^(?:text|application)\/xml/.test(response.contentType))
    throw new XenTransportError('xenapi/not-xenapi', { method });
  const answer = readXmlResponse(response.body);
  if (answer.kind === 'fault')
    throw new XenTransportError('xenapi/fault', { method, ...faultOf(answer.value) });
  const { value } = answer;
  // The one call without a Status (xenapi.md §1.4).
  if (method === 'system.listMethods' && Array.isArray(value)) return { ok: true, value, dialect: 'xml-rpc' };
  const status = memberOf(value, 'Status');
  if (status === 'Success') return { ok: true, value: memberOf(value, 'Value') ?? '', dialect: 'xml-rpc' };
  const description = memberOf(value, 'ErrorDescription');
  if (status !== 'Failure' || !Array.isArray(description))
    throw new XenTransportError('xenapi/not-xenapi', { method, reason: 'status' });
  return { ok: false, error: refusalOf(description, method), dialect: 'xml-rpc' };
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}

function faultOf(value: unknown): Record<string, string> {
  return {
    faultCode: String(memberOf(value, 'faultCode') ?? '').slice(0, MAX_FAULT_TEXT),
    faultString: String(memberOf(value, 'faultString') ?? '').slice(0, MAX_FAULT_TEXT),
  };
}
