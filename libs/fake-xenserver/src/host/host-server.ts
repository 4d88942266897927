import { constants } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import tls, { type TLSSocket } from 'node:tls';
import { ApiError } from '../api/api-error.ts';
import { dispatch } from '../api/dispatch.ts';
import type { MethodTable } from '../api/method.ts';
import type { HostEntry, PoolWorld } from '../model/pool-world.ts';
import type { Value } from '../model/values.ts';
import { formatJsonAnswer, parseJsonCall } from '../wire/json-rpc.ts';
import { formatXmlAnswer, formatXmlFault, parseXmlCall } from '../wire/xml-rpc.ts';
import { faultOf, runFault } from './console-faults.ts';
import { decideConsole } from './console-request.ts';
import { runTunnel } from './console-tunnel.ts';
import { bareAnswer, errorPage, forbidden, internalError, rpcAnswer } from './http-answer.ts';
import { isKeptAlive, MAX_BODY_BYTES, parseHead, type RequestHead } from './http-head.ts';
import { RequestFailure, RequestStream } from './request-stream.ts';
import { type FaultyCall, runRpcFault } from './rpc-faults.ts';

const THUMBPRINT_REQUEST = 'x-xenapi-request-host-certificate-thumbprint';
const THUMBPRINT_ANSWER = 'x-xenapi-response-host-certificate-thumbprint';

/** xenapi.md §1.1: what a host's TLS speaks now; no tickets, so that a new certificate is seen at once. */
function tlsOptions(host: HostEntry): tls.TlsOptions {
  return {
    key: host.identity.keyPem,
    cert: host.identity.certPem,
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.2',
    ciphers: 'ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256',
    ecdhCurve: 'secp384r1',
    honorCipherOrder: true,
    secureOptions: constants.SSL_OP_NO_TICKET,
  };
}

type Outcome = { value: Value } | { error: ApiError };

/** One host's front door: TLS, HTTP of our own, the calls and the consoles. */
export class HostServer {
  private readonly server: tls.Server;
  private readonly sockets = new Set<TLSSocket>();

  constructor(
    private world: PoolWorld,
    private host: HostEntry,
    private readonly table: MethodTable,
  ) {
    this.server = tls.createServer(tlsOptions(host), (socket) => this.accept(socket));
  }

  /** @param port 0 for any free one; afterwards the host's entry has the real one */
  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen({ port, host: this.host.address }, () => {
        this.server.off('error', reject);
        resolve();
      });
    });
    const address = this.server.address();
    if (isAddressInfo(address)) this.host.port = address.port;
  }

  /** The host as if somebody had pulled its plug: connections end, and no new ones are taken. */
  setDown(isDown: boolean): void {
    this.refuseConnections(isDown);
    if (isDown) for (const socket of this.sockets) socket.destroy();
  }

  /** The host belongs to another pool from now on. Connections end: it restarts for that. */
  joinWorld(world: PoolWorld, as: HostEntry): void {
    this.world = world;
    this.host = as;
    for (const socket of this.sockets) socket.destroy();
  }

  /** No new connections while true; those that exist stay. */
  refuseConnections(isRefusing: boolean): void {
    if (isRefusing === this.server.listening) {
      if (isRefusing) this.server.close();
      else this.server.listen({ port: this.host.port, host: this.host.address });
    }
  }

  /** The identity of new connections; the host's entry holds it already. */
  renewCertificate(): void {
    this.server.setSecureContext(tlsOptions(this.host));
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    if (!this.server.listening) return;
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private accept(socket: TLSSocket): void {
    this.world.stats.tlsConnections++;
    this.sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.sockets.delete(socket));
    const requests = new RequestStream(socket, this.world.options.readTimeoutMs);
    this.converse(requests, socket).catch((error: unknown) => {
      const reason = error instanceof RequestFailure ? error.reason : 'closed';
      if (reason === 'too-long') socket.end(errorPage('1.1', '431 Request Header Fields Too Large', ''));
      else if (reason === 'too-slow') socket.end(errorPage('1.1', '408 Request Timeout', ''));
      else socket.destroy();
    });
  }

  /** One request after the other; a console takes the connection for itself (xenapi.md §1.3). */
  private async converse(requests: RequestStream, socket: TLSSocket): Promise<void> {
    for (let isFirst = true; ; isFirst = false) {
      const head = parseHead(await requests.head(isFirst));
      if (!head) {
        socket.end(internalError('1.1', 'Http.Http_parse_failure'));
        return;
      }
      if (isConsole(head)) {
        await this.console(head, requests.detach());
        return;
      }
      const answer = head.method === 'POST' ? await this.call(head, requests, socket) : plainAnswer(head);
      if (answer === null) return;
      const isLast = !isKeptAlive(head) || answer.includes('\r\nconnection: close\r\n');
      if (isLast || answer.startsWith('HTTP/1.0 501')) {
        socket.end(answer);
        return;
      }
      socket.write(answer);
    }
  }

  private async console(head: RequestHead, socket: TLSSocket): Promise<void> {
    this.world.stats.connects++;
    const fault = faultOf(this.world, this.host, head);
    if (fault) {
      this.count(fault);
      await runFault(fault, socket, head);
      return;
    }
    const decision = decideConsole(this.world, this.host, head);
    if (decision.kind === 'refused') {
      this.count(decision.answer.slice(9, 12));
      socket.end(decision.answer);
      return;
    }
    this.count('200');
    await runTunnel(this.world, this.host.index, decision, socket);
  }

  private count(answer: string): void {
    const { connectAnswers } = this.world.stats;
    connectAnswers[answer] = (connectAnswers[answer] ?? 0) + 1;
  }

  /** @returns the answer, or null where a fault took the connection */
  private async call(head: RequestHead, requests: RequestStream, socket: TLSSocket): Promise<string | null> {
    const length = Number(head.headers.get('content-length') ?? Number.NaN);
    // xenapi.md §1.3: a body needs Content-Length, at most 300 KiB; malformed is a 500 page, not an RPC error.
    if (!Number.isInteger(length) || length < 0 || length > MAX_BODY_BYTES) {
      return internalError(head.version, 'Http_svr.Too_large');
    }
    const body = (await requests.body(length)).toString('utf8');
    // §1.3: every unknown path falls through to XML-RPC, /jsonrpc too on a host that is too old for it.
    const isJson = head.path === '/jsonrpc' && this.wire !== 'xml-rpc';
    return isJson
      ? this.jsonCall(head, body, requests.signal, socket)
      : this.xmlCall(head, body, requests.signal, socket);
  }

  private get wire() {
    return this.world.options.wire ?? 'json-rpc-2.0';
  }

  private async jsonCall(
    head: RequestHead,
    body: string,
    signal: AbortSignal,
    socket: TLSSocket,
  ): Promise<string | null> {
    const parsed = parseJsonCall(body);
    if (!parsed) return internalError(head.version, 'Jsonrpc.Malformed_method_request');
    const call: typeof parsed = this.wire === 'json-rpc-1.0' ? { ...parsed, version: '1.0' } : parsed;
    const { method, id } = call;
    const isVersion2 = parsed.version === '2.0';
    const faulty = this.meetFault({ head, isXml: false, isVersion2, method, id }, socket);
    if (faulty === null || typeof faulty === 'string') return faulty;
    const outcome = faulty ?? (await this.outcome(method, call.parameters, signal));
    return rpcAnswer(
      head,
      'application/json',
      formatJsonAnswer(call, outcome),
      this.thumbprint(head, outcome),
    );
  }

  private async xmlCall(
    head: RequestHead,
    body: string,
    signal: AbortSignal,
    socket: TLSSocket,
  ): Promise<string | null> {
    const call = parseXmlCall(body);
    if (!call) {
      // xenapi.md §1.3: a host too old for JSON-RPC answers /jsonrpc with text/xml, which is how clients know it.
      const isTooOld = head.path === '/jsonrpc';
      return isTooOld
        ? rpcAnswer(head, 'text/xml', formatXmlFault('Xmlm.Error'), [])
        : internalError(head.version, 'Xmlm.Error');
    }
    const { method } = call;
    const faulty = this.meetFault({ head, isXml: true, isVersion2: false, method, id: 0 }, socket);
    if (faulty === null || typeof faulty === 'string') return faulty;
    const outcome = faulty ?? (await this.outcome(method, call.parameters, signal));
    return rpcAnswer(head, 'text/xml', formatXmlAnswer(method, outcome), this.thumbprint(head, outcome));
  }

  /** @returns undefined without a fault; null where it took the connection */
  private meetFault(call: FaultyCall, socket: TLSSocket): Outcome | string | null | undefined {
    const fault = this.world.rpcFaults.take(this.host.index, call);
    if (fault === null) return undefined;
    const met = runRpcFault(fault, socket, call);
    return met instanceof ApiError ? { error: met } : met;
  }

  private async outcome(
    method: string,
    parameters: readonly unknown[],
    signal: AbortSignal,
  ): Promise<Outcome> {
    try {
      return { value: await dispatch(this.table, this.world, this.host, method, parameters, signal) };
    } catch (error) {
      this.world.stats.rpcErrors++;
      if (error instanceof ApiError) return { error };
      return {
        error: new ApiError('INTERNAL_ERROR', [error instanceof Error ? error.message : String(error)]),
      };
    }
  }

  /** xenapi.md §1.1: the master's fingerprint, only together with HOST_IS_SLAVE and only if asked for. */
  private thumbprint(head: RequestHead, outcome: Outcome): string[] {
    const isSlave = 'error' in outcome && outcome.error.code === 'HOST_IS_SLAVE';
    if (!isSlave || head.headers.get(THUMBPRINT_REQUEST) !== 'sha-256:master') return [];
    return [`${THUMBPRINT_ANSWER}: ${this.world.master.identity.fingerprint256}`];
  }
}

/** xenapi.md §1.3: the longest prefix decides, so `/consoleX` is the console too. */
function isConsole(head: RequestHead): boolean {
  return (head.method === 'CONNECT' || head.method === 'GET') && head.path.startsWith('/console');
}

/** What is neither a call nor a console (xenapi.md §1.3). */
function plainAnswer(head: RequestHead): string {
  switch (head.method) {
    case 'CONNECT':
      return forbidden(head.version);
    case 'OPTIONS':
      return [
        `HTTP/${head.version} 200 OK`,
        'access-control-allow-origin: *',
        'access-control-allow-headers: X-Requested-With',
        'content-length: 0',
        '',
        '',
      ].join('\r\n');
    case 'GET':
      return head.path === '/'
        ? rpcAnswer(head, 'text/html', '<html><body><h1>XCP-ng</h1></body></html>', [])
        : errorPage(head.version, '404 Not Found', 'No such file.');
    default:
      return bareAnswer('501 Method Not Implemented');
  }
}

function isAddressInfo(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}
