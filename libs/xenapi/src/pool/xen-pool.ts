import { setMaxListeners } from 'node:events';
import type { XenCalls, XenSession } from '../xen-session.ts';
import type { CallOptions } from '../xenapi-client.ts';
import { isRepeatable } from '../xenapi-client.ts';
import { HostIsSlaveError, isXenError, XenTransportError } from '../xenapi-error.ts';
import { memberKey, membersAt, type PoolMember } from './known-members.ts';
import { isUnanswered, type SignedIn, type SignInDeps, signInAtPool } from './sign-in.ts';

export interface XenPoolDeps extends SignInDeps {
  /** Members that hold a pin, the likeliest coordinator first; asked for anew at each sign-in. */
  readonly members: () => readonly PoolMember[];
  /** Told of each new session, before anything is called with it. */
  readonly onSignIn?: (session: XenSession) => void;
}

const PROBE_TIMEOUT_MS = 10_000;

/**
 * One pool, however its coordinator and its session change: signs in once for all who ask, again in silence when the
 * session is gone, and at another known member when the coordinator does not answer. The password goes to pinned members
 * only (xenapi.md §10.28).
 */
export class XenPool implements XenCalls {
  readonly #deps: XenPoolDeps;
  readonly #closing = new AbortController();
  #current: SignedIn | null = null;
  /** The coordinator did not answer last time: its session is tried before it is used again. */
  #isSuspect = false;
  #signingIn: Promise<SignedIn> | null = null;
  #hint: string | null = null;

  constructor(deps: XenPoolDeps) {
    this.#deps = deps;
    // One listener for each caller that waits.
    setMaxListeners(0, this.#closing.signal);
  }

  /** The member that is the coordinator now; null before the first sign-in. */
  get coordinator(): PoolMember | null {
    return this.#current?.member ?? null;
  }

  /** The session now, without a sign-in; null while there is none. */
  get kept(): XenSession | null {
    return this.#current?.session ?? null;
  }

  /**
   * The session, made if there is none. Who asks while a sign-in is under way shares it; who gives up leaves it to the others.
   * @throws as `signInAtPool`; XenTransportError xenapi/aborted, xenapi/closed
   */
  async session(signal?: AbortSignal): Promise<XenSession> {
    if (this.#closing.signal.aborted) throw new XenTransportError('xenapi/closed');
    if (this.#current !== null && !this.#isSuspect) return this.#current.session;
    this.#signingIn ??= this.#signIn().finally(() => {
      this.#signingIn = null;
    });
    const { session } = await unlessAborted(this.#signingIn, signal);
    return session;
  }

  /**
   * A call with the session in front. It is sent again once after a sign-in where the pool refused it for its session or for
   * being no coordinator, and, if it only reads, where the coordinator did not answer.
   * @throws XenApiError, XenTransportError, EgressError
   */
  async call(method: string, params: readonly unknown[] = [], options: CallOptions = {}): Promise<unknown> {
    for (let isSecond = false; ; isSecond = true) {
      const session = await this.session(options.signal);
      try {
        return await session.call(method, params, options);
      } catch (error) {
        const mayRepeat = this.judge(session, error) && (isUnanswered(error) ? isRepeatable(method) : true);
        if (isSecond || !mayRepeat || options.signal?.aborted === true) throw error;
      }
    }
  }

  /**
   * Draws the conclusion from a failed call of a session: what is gone is forgotten, so that the next to ask signs in anew.
   * Whoever used a session that was replaced meanwhile changes nothing.
   * @returns whether a call that did nothing may be sent again through {@link session}
   */
  judge(session: XenSession, error: unknown): boolean {
    const isGone = isXenError(error, 'SESSION_INVALID');
    if (!isGone && !(error instanceof HostIsSlaveError) && !isUnanswered(error)) return false;
    if (this.#current === null || this.#current.session.ref !== session.ref) return true;
    if (isUnanswered(error)) {
      this.#isSuspect = true;
      return true;
    }
    if (error instanceof HostIsSlaveError) this.#hint = error.masterAddress;
    this.forget();
    return true;
  }

  /** The next to ask signs in anew. What is under way with the old session ends by itself; it is not logged out. */
  forget(): void {
    const old = this.#current;
    this.#current = null;
    this.#isSuspect = false;
    // Calls under way are answered yet, each with the same refusal.
    old?.client.retire();
  }

  /** Ends the session at the pool, as far as there is one and the pool answers. @throws as `XenSession.logout` */
  async logout(options: CallOptions = {}): Promise<void> {
    const current = this.#current;
    this.#current = null;
    try {
      await current?.session.logout(options);
    } finally {
      current?.client.close();
    }
  }

  /** Closes every connection; the session stays at the pool until it ages out. */
  close(): void {
    this.#closing.abort();
    this.#current?.client.close();
    this.#current = null;
  }

  async #signIn(): Promise<SignedIn> {
    const kept = await this.#keptIfAlive();
    if (kept !== null) return kept;
    const options = { signal: this.#closing.signal };
    const signedIn = await signInAtPool(this.#deps, this.#inOrder(), options);
    if (this.#closing.signal.aborted) {
      signedIn.client.close();
      throw new XenTransportError('xenapi/closed');
    }
    this.#current = signedIn;
    this.#isSuspect = false;
    this.#hint = null;
    this.#deps.onSignIn?.(signedIn.session);
    return signedIn;
  }

  /** A lost line is no lost session: it is asked once before the password is. */
  async #keptIfAlive(): Promise<SignedIn | null> {
    const current = this.#current;
    if (current === null) return null;
    try {
      await current.session.call('pool.get_all', [], {
        timeoutMs: PROBE_TIMEOUT_MS,
        signal: this.#closing.signal,
      });
      this.#isSuspect = false;
      return current;
    } catch (error) {
      if (error instanceof HostIsSlaveError) this.#hint = error.masterAddress;
      if (isUnanswered(error)) current.client.close();
      this.forget();
      return null;
    }
  }

  /** Where the last answer pointed comes first, else the list as it was given. */
  #inOrder(): PoolMember[] {
    const members = [...this.#deps.members()];
    const first = new Set(membersAt(members, this.#hint).map(memberKey));
    return members.toSorted((a, b) => Number(first.has(memberKey(b))) - Number(first.has(memberKey(a))));
  }
}

function unlessAborted<T>(shared: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return shared;
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(new XenTransportError('xenapi/aborted'));
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    shared.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
