// What this room's tests use of the npm package xen-api, which has no types of its own.
declare module 'xen-api' {
  export interface Xapi {
    readonly objects: { readonly all: Readonly<Record<string, Record<string, unknown>>> };
    readonly objectsFetched: Promise<void>;
    readonly pool: Record<string, unknown>;
    readonly sessionId: string;
    connect(): Promise<void>;
    disconnect(): Promise<void>;
    call(method: string, ...params: unknown[]): Promise<unknown>;
    callAsync(method: string, ...params: unknown[]): Promise<unknown>;
    barrier(ref: string): Promise<Record<string, unknown>>;
    watchTask(ref: string): Promise<unknown>;
  }
  export function createClient(options: {
    url: string;
    auth: { user: string; password: string };
    allowUnauthorized: boolean;
    transport?: 'auto' | 'json-rpc' | 'xml-rpc';
    debounce?: number;
  }): Xapi;
}
