import type { TLSSocket } from 'node:tls';
import { ApiError } from '../api/api-error.ts';
import type { RpcFault, RpcFaultTarget } from '../pool-options.ts';
import { errorPage, internalError, rpcAnswer } from './http-answer.ts';
import type { RequestHead } from './http-head.ts';

/** A call as far as a fault needs to know it. */
export interface FaultyCall {
  readonly head: RequestHead;
  readonly isXml: boolean;
  /** True for a JSON call that names version 2.0. */
  readonly isVersion2: boolean;
  readonly method: string;
  readonly id: string | number;
}

interface Placed extends RpcFaultTarget {
  readonly fault: RpcFault;
  left: number;
}

/** What calls meet instead of an answer, placed by host and method. */
export class RpcFaults {
  private readonly placed: Placed[] = [];

  place(target: RpcFaultTarget, fault: RpcFault): void {
    this.placed.push({ ...target, fault, left: target.times ?? Number.POSITIVE_INFINITY });
  }

  /** Takes away every fault at these places. */
  clear({ host, method }: RpcFaultTarget): void {
    for (let at = this.placed.length - 1; at >= 0; at--) {
      const one = this.placed[at];
      if (one && (host ?? one.host) === one.host && (method ?? one.method) === one.method)
        this.placed.splice(at, 1);
    }
  }

  /** The fault that this call meets, counted; null for none. */
  take(hostIndex: number, call: FaultyCall): RpcFault | null {
    const found = this.placed.find(
      (one) =>
        one.left > 0 &&
        (one.host ?? hostIndex) === hostIndex &&
        (one.method ?? call.method) === call.method &&
        (one.fault !== 'refuses-2.0' || call.isVersion2),
    );
    if (!found) return null;
    found.left--;
    return found.fault;
  }
}

/**
 * Acts as the fault says.
 * @returns the bytes to answer with, an error of the API, or null when the socket was dealt with
 */
export function runRpcFault(fault: RpcFault, socket: TLSSocket, call: FaultyCall): string | ApiError | null {
  const { head } = call;
  switch (fault) {
    // xenapi.md §1.3: malformed, or an exception on the way: a page, not an RPC error.
    case 'error-page':
    case 'refuses-2.0':
      return internalError(head.version, 'Jsonrpc.Malformed_method_request');
    case 'web-server':
      return rpcAnswer(head, 'text/html', '<html><body><h1>Welcome to nginx!</h1></body></html>', []);
    case 'not-found':
      return errorPage(head.version, '404 Not Found', '');
    case 'redirect':
      return errorPage(head.version, '301 Moved Permanently', '', ['location: https://192.0.2.1/jsonrpc']);
    case 'not-http':
      socket.end('SSH-2.0-OpenSSH_9.2\r\n');
      return null;
    case 'reset':
      socket.destroy();
      return null;
    case 'reset-mid-answer':
      socket.write(
        'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{"json',
        () => socket.destroy(),
      );
      return null;
    case 'never-answer':
      return null;
    // xenapi.md §1.5: emergency mode answers in the form of 2.0 without rewriting the error to an object.
    case 'bare-error':
      return rpcAnswer(
        head,
        'application/json',
        JSON.stringify({ jsonrpc: '2.0', error: ['HOST_IN_EMERGENCY_MODE'], id: call.id }),
        [],
      );
    case 'still-booting':
      return new ApiError('HOST_STILL_BOOTING');
    case 'events-lost':
      return new ApiError('EVENTS_LOST');
    case 'bad-token':
      return new ApiError('EVENT_FROM_TOKEN_PARSE_FAILURE', ['00000000000000000000,00000000000000000000']);
    case 'too-busy':
      return new ApiError('TOO_BUSY');
    case 'fault':
      // xenapi.md §1.4: the one use of an XML-RPC fault: a call that has no Async form.
      return xml(
        head,
        '<fault><value><struct><member><name>faultCode</name><value><int>0</int></value></member><member><name>faultString</name><value><string>no async mode</string></value></member></struct></value></fault>',
      );
    case 'document-type':
      return rpcAnswer(
        head,
        'text/xml',
        '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]><methodResponse><params><param><value>&lol2;</value></param></params></methodResponse>',
        [],
      );
    case 'deep':
      return call.isXml
        ? xml(
            head,
            `<params><param>${nested('<value><array><data>', '</data></array></value>')}</param></params>`,
          )
        : rpcAnswer(head, 'application/json', nested('[', ']'), []);
  }
}

function xml(head: RequestHead, content: string): string {
  return rpcAnswer(head, 'text/xml', `<?xml version="1.0"?><methodResponse>${content}</methodResponse>`, []);
}

function nested(open: string, close: string): string {
  return open.repeat(5_000) + close.repeat(5_000);
}
