import { setTimeout as delay } from 'node:timers/promises';
import { isUnanswered } from '../pool/sign-in.ts';
import type { XenPool } from '../pool/xen-pool.ts';
import type { XenClass } from '../records.ts';
import { watchEvents, type XenEvent, type XenEvents } from '../watch-events.ts';
import type { XenSession } from '../xen-session.ts';
import { HostIsSlaveError, isXenError, XenTransportError, xenErrorParams } from '../xenapi-error.ts';
import { mergeEvents } from './merge-events.ts';
import { startToken } from './start-token.ts';

/** Why everything has to be read. */
export type ResyncReason =
  | 'start'
  | 'asked'
  | 'events-lost'
  | 'bad-token'
  | 'session-renewed'
  | 'coordinator-changed'
  | 'counts-differ';

export type EventStep =
  /** Read every object with this session now: what changes while you read comes again as a change. */
  | { readonly kind: 'resync'; readonly reason: ResyncReason; readonly session: XenSession }
  /** One event an object; empty when nothing happened for the length of a poll. */
  | { readonly kind: 'changes'; readonly events: readonly XenEvent[]; readonly session: XenSession };

export interface FollowOptions {
  readonly classes: readonly XenClass[];
  readonly signal: AbortSignal;
  /** How many objects of a class are known; undefined where it does not matter (xenapi.md §5: deletions may be missed). */
  readonly countOf?: (cls: XenClass) => number | undefined;
  /** Longest wait of one poll at the pool, in seconds, a fraction. */
  readonly timeoutS?: number;
  /** Pause between two polls, in milliseconds: changes gather meanwhile (XO: 200 ms, xenapi.md §5). */
  readonly pauseMs?: number;
  /** Shortest time from one full read to the next, in milliseconds, but for the one that is asked for. */
  readonly resyncPauseMs?: number;
  readonly now?: () => number;
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

export const DEFAULT_EVENT_PAUSE_MS = 200;
export const DEFAULT_RESYNC_PAUSE_MS = 5_000;
/** Pause before the same place is asked for again over a new line, in milliseconds. */
const LOST_LINE_PAUSE_MS = 1_000;
/** Longest time between two full reads for the sake of a count that reading does not mend, in milliseconds. */
export const LONGEST_RECOUNT_MS = 10 * 60_000;

/**
 * The events of a pool without end: begins with a full read, then gives what changes. A lost place (EVENTS_LOST, a token that the
 * pool cannot read, objects counted that nobody told of), a session made anew and another coordinator each lead to a full
 * read, never to a gap. One poll at a time, on a connection of its own.
 */
export class EventFollower {
  readonly #pool: XenPool;
  readonly #options: FollowOptions;
  readonly #unknown = new Set<XenClass>();
  #poll = new AbortController();
  #isAsked = false;
  #mayRenewAtOnce = true;
  #readAt = Number.NEGATIVE_INFINITY;
  /** Full reads in a row after which the pool still counts otherwise than we do. */
  #recounts = 0;

  constructor(pool: XenPool, options: FollowOptions) {
    this.#pool = pool;
    this.#options = options;
  }

  /** Everything is to be read again as soon as the step under way is done. */
  resync(): void {
    this.#isAsked = true;
    this.#poll.abort();
  }

  /**
   * The steps. Each is to be finished before the next is asked for.
   * @throws what the pool refuses for good, what no member answers, and XenTransportError xenapi/aborted by the signal
   */
  async *steps(): AsyncGenerator<EventStep, never> {
    for (let reason: ResyncReason = 'start'; ; ) {
      await this.#paceReads(reason);
      this.#isAsked = false;
      this.#poll = new AbortController();
      const { signal } = this.#options;
      const session = await this.#pool.session(signal);
      const token = await this.#orReason(session, () => startToken(session, signal));
      if (token instanceof Lost) {
        reason = token.reason ?? 'session-renewed';
        continue;
      }
      yield { kind: 'resync', reason, session };
      reason = yield* this.#changes(session, token);
    }
  }

  /** Polls with one session from one place on. @returns why everything is to be read again */
  async *#changes(session: XenSession, from: string): AsyncGenerator<EventStep, ResyncReason> {
    const { pauseMs = DEFAULT_EVENT_PAUSE_MS } = this.#options;
    for (let token = from; ; ) {
      const answer = await this.#next(session, token);
      if (answer instanceof Lost) {
        if (answer.reason !== null) return answer.reason;
        await this.#wait(LOST_LINE_PAUSE_MS);
        continue;
      }
      token = answer.token;
      this.#mayRenewAtOnce = true;
      yield { kind: 'changes', events: mergeEvents(answer.events), session };
      if (this.#isAsked) return 'asked';
      if (!this.#differs(answer)) this.#recounts = 0;
      else if (this.#mayRecount()) return 'counts-differ';
      if (pauseMs > 0) await this.#wait(pauseMs);
    }
  }

  /** Full reads are dear to the pool: they keep their distance, but for one after an answer and for those asked for. */
  async #paceReads(reason: ResyncReason): Promise<void> {
    const { now = Date.now, resyncPauseMs = DEFAULT_RESYNC_PAUSE_MS } = this.#options;
    const isRenewal = reason === 'session-renewed' || reason === 'coordinator-changed';
    const isFree = reason === 'start' || reason === 'asked' || (isRenewal && this.#mayRenewAtOnce);
    if (isRenewal) this.#mayRenewAtOnce = false;
    const left = this.#readAt + resyncPauseMs - now();
    if (!isFree && left > 0) await this.#wait(left);
    this.#readAt = now();
  }

  async #next(session: XenSession, token: string): Promise<XenEvents | Lost> {
    const { signal, timeoutS } = this.#options;
    const classes = this.#options.classes.filter((cls) => !this.#unknown.has(cls));
    this.#poll = new AbortController();
    if (this.#isAsked) return new Lost('asked');
    const poll = () =>
      watchEvents(session, {
        classes,
        token,
        signal: AbortSignal.any([signal, this.#poll.signal]),
        ...(timeoutS === undefined ? {} : { timeoutS }),
      });
    return this.#orReason(session, poll);
  }

  /** What a failure means for the place in the events. @throws what is not about it */
  async #orReason<T>(session: XenSession, act: () => Promise<T>): Promise<T | Lost> {
    const { signal } = this.#options;
    try {
      return await act();
    } catch (error) {
      if (this.#isAsked && !signal.aborted) return new Lost('asked');
      if (isXenError(error, 'EVENTS_LOST')) return new Lost('events-lost');
      if (isXenError(error, 'EVENT_FROM_TOKEN_PARSE_FAILURE')) return new Lost('bad-token');
      if (this.#leavesOut(error)) return new Lost(null);
      if (signal.aborted || !this.#pool.judge(session, error)) throw error;
      if (error instanceof HostIsSlaveError) return new Lost('coordinator-changed');
      if (!isUnanswered(error)) return new Lost('session-renewed');
      // Throws if no member answers; who asked waits longer then.
      const next = await this.#pool.session(signal);
      if (next.ref === session.ref) return new Lost(null);
      const [now, before] = [next.client.target, session.client.target];
      const isSame = now.host === before.host && now.port === before.port;
      return new Lost(isSame ? 'session-renewed' : 'coordinator-changed');
    }
  }

  /** A class that the host is too old for is left out from now on: nothing of it can change there. */
  #leavesOut(error: unknown): boolean {
    const named = xenErrorParams(error, 'EVENT_SUBSCRIPTION_PARSE_FAILURE')?.subscription?.toLowerCase();
    const cls = this.#options.classes.find((one) => one.toLowerCase() === named && !this.#unknown.has(one));
    if (cls === undefined) return false;
    this.#unknown.add(cls);
    return true;
  }

  /** Deletions are kept in a bounded list at the pool, so after a long silence some may be missed (xenapi.md §5). */
  #differs({ validRefCounts }: XenEvents): boolean {
    const { classes, countOf } = this.#options;
    return classes.some((cls) => {
      const [there, here] = [validRefCounts.get(cls), countOf?.(cls)];
      return there !== undefined && here !== undefined && there !== here;
    });
  }

  /**
   * A missed deletion is mended by one full read. A pool that counts what it does not show is not read without end: each
   * further read waits twice as long, and events are followed meanwhile.
   */
  #mayRecount(): boolean {
    const { now = Date.now, resyncPauseMs = DEFAULT_RESYNC_PAUSE_MS } = this.#options;
    const pauseMs = this.#recounts === 0 ? 0 : resyncPauseMs * 2 ** this.#recounts;
    if (now() - this.#readAt < Math.min(pauseMs, LONGEST_RECOUNT_MS)) return false;
    this.#recounts += 1;
    return true;
  }

  async #wait(ms: number): Promise<void> {
    const { signal, wait = abortableDelay } = this.#options;
    await wait(ms, AbortSignal.any([signal, this.#poll.signal]));
    if (signal.aborted) throw new XenTransportError('xenapi/aborted');
  }
}

/** A step that failed: the place is lost for a reason, or (null) only the line was. */
class Lost {
  readonly reason: ResyncReason | null;

  constructor(reason: ResyncReason | null) {
    this.reason = reason;
  }
}

async function abortableDelay(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
