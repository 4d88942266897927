import { isOpaqueRef, type OpaqueRef } from './opaque-ref.ts';
import type { CallOptions, XenApiClient } from './xenapi-client.ts';
import { XenApiError, XenTransportError } from './xenapi-error.ts';

export interface XenCredentials {
  readonly username: string;
  readonly password: string;
  /** Ours and the tenant's, so that no other tool's sessions evict this one (xenapi.md §2.2). */
  readonly originator: string;
}

/** A directory login may sleep 5 s, queue, and wait for its service (xenapi.md §2.3). */
export const LOGIN_TIMEOUT_MS = 45_000;
const API_VERSION = '1.1';

/** What a session needs of {@link XenApiClient}. */
export type XenCaller = Pick<XenApiClient, 'call' | 'close' | 'target' | 'dialect'>;

/** Whatever calls with a session: a {@link XenSession}, or a `XenPool` that renews its own. */
export interface XenCalls {
  /** A call with the session in front of its parameters. @throws XenApiError, XenTransportError, EgressError */
  call(method: string, params?: readonly unknown[], options?: CallOptions): Promise<unknown>;
}

/** A signed-in session. Its reference is a bearer secret: seal it, never log it. */
export class XenSession implements XenCalls {
  readonly client: XenCaller;
  readonly ref: OpaqueRef;

  private constructor(client: XenCaller, ref: OpaqueRef) {
    this.client = client;
    this.ref = ref;
  }

  /**
   * Signs in. The password goes only to the client's pinned target.
   * @throws HostIsSlaveError from a member, XenApiError (`SESSION_AUTHENTICATION_FAILED`, …), XenTransportError, EgressError
   */
  static async login(
    client: XenCaller,
    credentials: XenCredentials,
    options: CallOptions = {},
  ): Promise<XenSession> {
    const { username, password, originator } = credentials;
    const params = [username, password, API_VERSION, originator];
    const ref = await withoutSecrets([password], () =>
      client.call('session.login_with_password', params, { timeoutMs: LOGIN_TIMEOUT_MS, ...options }),
    );
    return XenSession.resume(client, typeof ref === 'string' ? ref : '');
  }

  /** Takes up a session whose reference was kept. @throws XenTransportError xenapi/not-xenapi if it is none */
  static resume(client: XenCaller, ref: string): XenSession {
    if (!isOpaqueRef(ref)) throw new XenTransportError('xenapi/not-xenapi', { reason: 'session-ref' });
    return new XenSession(client, ref);
  }

  /** A call with this session in front of its parameters. @throws as `XenApiClient.call` */
  call(method: string, params: readonly unknown[] = [], options: CallOptions = {}): Promise<unknown> {
    return withoutSecrets([this.ref], () => this.client.call(method, [this.ref, ...params], options));
  }

  /** Ends the session; one that has ended already is fine. @throws XenTransportError, EgressError */
  async logout(options: CallOptions = {}): Promise<void> {
    try {
      await this.call('session.logout', [], options);
    } catch (error) {
      if (!(error instanceof XenApiError) || error.xenCode !== 'SESSION_INVALID') throw error;
    }
  }
}

/** A hostile or careless host may give our secret back in an error, and details go to the log. */
async function withoutSecrets<T>(secrets: readonly string[], act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof XenApiError)) throw error;
    const leaks = (text: string) => secrets.some((secret) => secret !== '' && text.includes(secret));
    if (![error.xenCode, ...error.params].some(leaks)) throw error;
    const params = error.params.map((param) => (leaks(param) ? '[redacted]' : param));
    const method = String(error.details.method);
    throw XenApiError.of(leaks(error.xenCode) ? 'REDACTED' : error.xenCode, params, method);
  }
}
