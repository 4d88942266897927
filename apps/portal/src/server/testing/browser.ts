import type { AnyRouter } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import superjson from 'superjson';
import { MAX_BATCH_ITEMS, TRPC_ENDPOINT } from '../../trpc/endpoint.ts';
import { appRouter } from '../app-router.ts';
import { contextOf } from '../context.ts';
import type { Deps } from '../deps-type.ts';
import { emailOf, type Name, ORIGIN, PASSWORD } from './portal-fixture.ts';

export interface Answer {
  status: number;
  /** The very bytes, for answers that have to be alike. */
  text: string;
  /** What the procedure returned, if it did. */
  data: unknown;
  /** What the browser reads of a refusal. */
  error: { message: string; data: Record<string, unknown> } | null;
  setCookies: string[];
  headers: Headers;
}

/** A browser before the API: cookies, Origin and JSON as a page of ours sends them. */
export class Browser {
  readonly cookies = new Map<string, string>();
  headers: Record<string, string> = { origin: ORIGIN, 'content-type': 'application/json' };

  constructor(
    private readonly deps: Deps,
    private readonly ip = '192.0.2.7',
    private readonly router: AnyRouter = appRouter,
  ) {}

  signIn(name: Name, password = PASSWORD): Promise<Answer> {
    return this.mutate('auth.signIn', { email: emailOf(name), password });
  }

  query(path: string, input?: unknown): Promise<Answer> {
    const packed = input === undefined ? '' : `?input=${encodeURIComponent(pack(input))}`;
    return this.send(`${path}${packed}`, { method: 'GET' });
  }

  mutate(path: string, input?: unknown): Promise<Answer> {
    return this.send(path, { method: 'POST', body: input === undefined ? '{}' : pack(input) });
  }

  async send(pathAndSearch: string, init: RequestInit): Promise<Answer> {
    const req = new Request(`${ORIGIN}${TRPC_ENDPOINT}/${pathAndSearch}`, {
      ...init,
      headers: { ...this.headers, cookie: this.#cookieHeader(), 'x-forwarded-for': this.ip },
    });
    const response = await fetchRequestHandler({
      endpoint: TRPC_ENDPOINT,
      req,
      router: this.router,
      createContext: ({ resHeaders }) => contextOf(this.deps, req, resHeaders),
      maxBatchSize: MAX_BATCH_ITEMS,
    });
    return this.#read(response);
  }

  async #read(response: Response): Promise<Answer> {
    const text = await response.text();
    const setCookies = response.headers.getSetCookie();
    for (const cookie of setCookies) this.#keep(cookie);
    const isJson = response.headers.get('content-type')?.startsWith('application/json');
    const body: Record<string, unknown> = isJson ? JSON.parse(text) : {};
    const { result, error } = body as { result?: { data?: Packed }; error?: Packed };
    return {
      status: response.status,
      text,
      data: result?.data === undefined ? null : superjson.deserialize(result.data),
      error: error === undefined ? null : superjson.deserialize(error),
      setCookies,
      headers: response.headers,
    };
  }

  #keep(cookie: string): void {
    const [pair = ''] = cookie.split(';');
    const [name = '', value = ''] = pair.split('=');
    if (value === '') this.cookies.delete(name);
    else this.cookies.set(name, value);
  }

  #cookieHeader(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }
}

type Packed = Parameters<typeof superjson.deserialize>[0];

function pack(input: unknown): string {
  return JSON.stringify(superjson.serialize(input));
}
