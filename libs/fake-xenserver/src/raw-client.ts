import tls from 'node:tls';
import type { FakeHost } from './fake-pool.ts';

/** A plain TLS client for this room's tests: bytes out, bytes in, nothing clever. */
export class RawClient {
  received: Buffer = Buffer.alloc(0);
  isEnded = false;
  private readonly waiters = new Set<() => void>();

  private constructor(readonly socket: tls.TLSSocket) {
    const wake = () => {
      for (const waiter of [...this.waiters]) waiter();
    };
    socket.on('data', (bytes: Buffer) => {
      this.received = Buffer.concat([this.received, bytes]);
      wake();
    });
    const end = () => {
      this.isEnded = true;
      wake();
    };
    socket.once('end', end);
    socket.once('close', end);
    socket.on('error', end);
  }

  static connect(host: FakeHost, options: tls.ConnectionOptions = {}): Promise<RawClient> {
    return new Promise((resolve, reject) => {
      const socket = tls.connect(
        {
          host: host.address,
          port: host.port,
          ca: host.certPem,
          checkServerIdentity: () => undefined,
          ...options,
        },
        () => {
          socket.off('error', reject);
          resolve(new RawClient(socket));
        },
      );
      socket.once('error', reject);
    });
  }

  get text(): string {
    return this.received.toString('latin1');
  }

  write(bytes: string | Buffer): void {
    this.socket.write(bytes);
  }

  /** Waits until the predicate holds; it is asked again after each arrival and at the end. */
  async until(predicate: () => boolean): Promise<void> {
    while (!predicate()) {
      if (this.isEnded)
        throw new Error(`the host closed; it had sent ${JSON.stringify(this.text.slice(-300))}`);
      await new Promise<void>((resolve) => {
        const waiter = () => {
          this.waiters.delete(waiter);
          resolve();
        };
        this.waiters.add(waiter);
      });
    }
  }

  untilText(text: string): Promise<void> {
    return this.until(() => this.text.includes(text));
  }

  untilBytes(count: number): Promise<void> {
    return this.until(() => this.received.length >= count);
  }

  /** Waits for the end and gives everything that came. */
  async untilEnd(): Promise<string> {
    while (!this.isEnded) await this.until(() => this.isEnded);
    return this.text;
  }

  /** Removes and gives the first bytes received. */
  async take(count: number): Promise<Buffer> {
    await this.untilBytes(count);
    const bytes = this.received.subarray(0, count);
    this.received = this.received.subarray(count);
    return bytes;
  }

  close(): void {
    this.socket.destroy();
  }
}

export interface RpcAnswer {
  result?: unknown;
  error?: { code: number; message: string; data: string[] };
}

/** One call over JSON-RPC 2.0 on a connection of its own. */
export async function rpc(host: FakeHost, method: string, ...params: unknown[]): Promise<RpcAnswer> {
  const body = JSON.stringify({ jsonrpc: '2.0', method, params, id: 1 });
  const answer = await request(host, post('/jsonrpc', body));
  const parsed: RpcAnswer = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4));
  return parsed;
}

/** The result of a call. @throws when the host answered with an error */
export async function result(host: FakeHost, method: string, ...params: unknown[]): Promise<unknown> {
  const answer = await rpc(host, method, ...params);
  if (answer.error) throw new Error([answer.error.message, ...answer.error.data].join(' '));
  return answer.result;
}

export async function login(host: FakeHost, username = 'root', password = 'secret'): Promise<string> {
  return String(await result(host, 'session.login_with_password', username, password, '1.1', 'test'));
}

/** Sends bytes and gives everything that comes until the host closes. */
export async function request(host: FakeHost, bytes: string): Promise<string> {
  const client = await RawClient.connect(host);
  client.write(bytes);
  return client.untilEnd();
}

export function post(path: string, body: string, connection = 'close'): string {
  const length = Buffer.byteLength(body);
  return `POST ${path} HTTP/1.1\r\nHost: h\r\nConnection: ${connection}\r\nContent-Length: ${length}\r\n\r\n${body}`;
}

/** The three lines that clients send (xenapi.md §4.1). */
export function connectHead(query: string, session: string, version = '1.0'): string {
  return `CONNECT /console?${query} HTTP/${version}\r\nHost: 127.0.0.1\r\nCookie: session_id=${session}\r\n\r\n`;
}

/** A console connection after its request was sent. */
export async function openConsole(host: FakeHost, query: string, session: string): Promise<RawClient> {
  const client = await RawClient.connect(host);
  client.write(connectHead(query, session));
  return client;
}

/** The host of an index. @throws when there is none */
export function hostOf(pool: { hosts: FakeHost[] }, index = 0): FakeHost {
  const host = pool.hosts[index];
  if (!host) throw new Error(`no host ${index}`);
  return host;
}
