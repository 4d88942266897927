import { DEMO_PASSWORD } from './cast.ts';

const TIMEOUT_MS = 15_000;

/** A person at the portal without a browser: the same requests, with the same cookies and Origin. */
export class PortalClient {
  private readonly origin: string;
  private cookies = '';

  private constructor(origin: string) {
    this.origin = origin;
  }

  /** @throws Error with the portal's answer when it refuses. */
  static async signIn(origin: string, email: string): Promise<PortalClient> {
    const client = new PortalClient(origin);
    await client.mutate('auth.signIn', { email, password: DEMO_PASSWORD });
    return client;
  }

  async query<T>(procedure: string, input: unknown): Promise<T> {
    const packed = encodeURIComponent(JSON.stringify({ json: input }));
    return await this.send<T>(procedure, `?input=${packed}`, { method: 'GET' });
  }

  async mutate<T>(procedure: string, input: unknown): Promise<T> {
    return await this.send<T>(procedure, '', { method: 'POST', body: JSON.stringify({ json: input }) });
  }

  private async send<T>(procedure: string, search: string, request: RequestInit): Promise<T> {
    const reply = await fetch(`${this.origin}/api/trpc/${procedure}${search}`, {
      ...request,
      headers: { 'content-type': 'application/json', origin: this.origin, cookie: this.cookies },
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await reply.text();
    if (!reply.ok) throw new Error(`${procedure} answered ${reply.status}: ${text.slice(0, 500)}`);
    const set = reply.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
    if (set.length > 0) this.cookies = set.join('; ');
    const body: { result: { data: { json: T } } } = JSON.parse(text);
    return body.result.data.json;
  }
}
