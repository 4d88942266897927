import type { Duplex } from 'node:stream';
import type { Logger } from '@porthole/logger';
import type { CloseKind, ConnectStep, Lost, LostCause } from '@porthole/relay-contract';
import type { TunnelReader } from '@porthole/xenapi';
import type { Cancel, Clock } from '../clock.ts';
import { closeKindOfError } from '../close-kind-of-error.ts';
import { DialError } from '../dial-error.ts';
import { Pace } from './pace.ts';
import { Redial, STEADY_MS } from './redial.ts';
import { type HoldReason, Upstream } from './upstream.ts';

/** Longest wait for the first word of a screen behind an accepted CONNECT, in milliseconds (security.md §9). */
export const GREETING_TIMEOUT_MS = 10_000;

/** A console at its host: the socket behind CONNECT, paused, and what came with the answer. */
export interface Tunnel {
  readonly socket: Duplex;
  readonly head: Uint8Array;
  /** Who reads the socket; without one it is read as any stream. */
  readonly reader?: TunnelReader;
}

/** One try to open the tunnel. */
export interface DialAttempt {
  /** The rows of the admission may be old: they are read anew. */
  readonly again: boolean;
  /** Ends the try at once; no socket is left behind. */
  readonly signal: AbortSignal;
  step(step: ConnectStep): void;
  /** What the rows say is under way with the machine; null for nothing. */
  cause(cause: LostCause | null): void;
}

export type Dial = (attempt: DialAttempt) => Promise<Tunnel>;

/** What was true of one tunnel from its opening to its end; goes into the log's `tunnel.up` and `tunnel.down`. */
export interface TunnelEnd {
  readonly reason: CloseKind;
  readonly durationMs: number;
  readonly bytesFromHost: number;
  readonly bytesToHost: number;
}

export interface HostTunnelListener {
  step(step: ConnectStep): void;
  /** A tunnel stands, `ms` after the first try for it; its bytes come next. */
  up(ms: number): void;
  /** @throws RfbError where the host breaks the protocol */
  bytes(chunk: Uint8Array): void;
  /** Whether nothing of what came and stands in this memory waits for a seat any more. */
  isTaken(memory: ArrayBufferLike): boolean;
  drained(): void;
  /** The tunnel that stood is no more. */
  down(end: TunnelEnd): void;
  /** The line is being built anew; told at each change. */
  lost(lost: Lost): void;
  /** There will be no other tunnel. */
  over(kind: CloseKind): void;
}

export interface HostTunnelInit {
  readonly hubId: string;
  /** A host that must speak first is cut where it does not. */
  readonly speaksFirst: boolean;
  /** Whether this host has said anything of its own: an end before that is a silence, after it a loss. */
  readonly hasSpoken: () => boolean;
  readonly dial: Dial;
  /** Most that the host may say in a second. */
  readonly bytesPerSecond: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly listener: HostTunnelListener;
}

/**
 * The hub's line to its host, over all the tunnels that it takes: a guest that reboots or moves ends its tunnel, the
 * seats stay, and the machine is dialled again until it is there or nothing would help (architecture §2).
 */
export class HostTunnel {
  readonly #init: HostTunnelInit;
  readonly #redial = new Redial();
  readonly #giveUp = new AbortController();
  #state: 'dialling' | 'open' | 'lost' | 'over' = 'dialling';
  /** It was a console once: from then on its end is a loss, not a failure to open. */
  #hasServed = false;
  #upstream: Upstream | null = null;
  readonly #pace: Pace;
  #underWay: LostCause | null = null;
  #lost: Lost = { cause: 'unknown', nextTryInMs: 0 };
  #triedAt: number;
  #upAt = 0;
  #bytesFromHost = 0;
  #bytesToHost = 0;
  #cancelTimer: Cancel = () => undefined;

  constructor(init: HostTunnelInit) {
    this.#init = init;
    this.#pace = new Pace(init.clock, {
      bytesPerSecond: init.bytesPerSecond,
      hold: () => this.hold('pace'),
      release: () => this.release('pace'),
    });
    this.#triedAt = init.clock.now();
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  /** What is known of a lost line; null where it is not lost. */
  get lost(): Lost | null {
    return this.#state === 'lost' ? this.#lost : null;
  }

  /** True while more waits for the host than it should: whoever sends stops until `drained`. */
  get isFull(): boolean {
    return this.#upstream?.isFull ?? false;
  }

  start(): void {
    void this.#dial(false);
  }

  /** The host speaks as it should. @returns whether it is back after a loss */
  greeted(): boolean {
    const isBack = this.#state === 'lost';
    this.#cancelTimer();
    this.#state = 'open';
    this.#redial.up(this.#init.clock.now());
    return isBack;
  }

  /** @returns how many bytes went; none where there is no tunnel */
  write(messages: readonly Uint8Array[]): number {
    if (this.#upstream === null) return 0;
    const bytes = messages.reduce((sum, message) => sum + message.length, 0);
    this.#bytesToHost += bytes;
    this.#upstream.write(messages);
    return bytes;
  }

  hold(reason: HoldReason): void {
    this.#upstream?.hold(reason);
  }

  release(reason: HoldReason): void {
    this.#upstream?.release(reason);
  }

  /** Something went wrong on the host's side: the line is built anew, or it is over. */
  fail(error: unknown): void {
    if (this.#state === 'over') return;
    const kind = closeKindOfError(error);
    const { log, hubId } = this.#init;
    log.warn({ err: error, hubId, reason: kind }, 'a console has no line to its host');
    this.#lose(kind);
  }

  /** Cuts what there is; nothing is told but the end of a tunnel that stood. */
  end(kind: CloseKind): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#giveUp.abort();
    this.#cancelTimer();
    this.#drop(kind);
  }

  async #dial(again: boolean): Promise<void> {
    const { dial, clock, listener, log, hubId } = this.#init;
    this.#triedAt = clock.now();
    try {
      const tunnel = await dial({
        again,
        signal: this.#giveUp.signal,
        step: (step) => {
          log.debug({ hubId, step, again }, 'a step towards a host is done');
          listener.step(step);
        },
        cause: (cause) => this.#learn(cause),
      });
      // Whoever waited has left while the host was answering.
      if (this.#state === 'over') tunnel.socket.destroy();
      else this.#up(tunnel);
    } catch (error) {
      this.fail(error);
    }
  }

  #up(tunnel: Tunnel): void {
    const { clock, listener, log, hubId, speaksFirst } = this.#init;
    this.#upAt = clock.now();
    this.#bytesFromHost = 0;
    this.#bytesToHost = 0;
    const upstream = new Upstream(tunnel);
    this.#upstream = upstream;
    if (speaksFirst)
      this.#cancelTimer = clock.after(GREETING_TIMEOUT_MS, () =>
        this.fail(new DialError('relay/host-silent')),
      );
    const ms = Math.round(this.#upAt - this.#triedAt);
    log.info({ hubId, ms }, 'the line to a host is up');
    listener.up(ms);
    upstream.start({
      bytes: (chunk) => this.#receive(chunk),
      isTaken: (memory) => listener.isTaken(memory),
      drained: () => listener.drained(),
      over: () => this.#hostLeft(),
    });
  }

  #receive(chunk: Uint8Array): void {
    this.#bytesFromHost += chunk.length;
    this.#pace.spend(chunk.length);
    try {
      this.#init.listener.bytes(chunk);
      this.#hasServed ||= this.#state === 'open';
    } catch (error) {
      this.fail(error);
    }
  }

  #hostLeft(): void {
    if (this.#state === 'open' && this.#init.hasSpoken()) this.#lose('hostLost');
    else this.fail(new DialError('relay/host-silent'));
  }

  #lose(kind: CloseKind): void {
    const { clock, listener, log, hubId } = this.#init;
    this.#cancelTimer();
    this.#drop(kind);
    // A first try is given up, unless the rows say that the machine is on its way.
    const isOnItsWay = this.#underWay !== null;
    const next = this.#hasServed || isOnItsWay ? this.#redial.after(kind, clock.now(), isOnItsWay) : null;
    if (next === null) {
      listener.over(kind);
      return;
    }
    const before = this.#state === 'lost' ? this.#lost.cause : 'unknown';
    this.#state = 'lost';
    const cause = this.#underWay ?? next.cause ?? before;
    log.info({ hubId, reason: kind, cause, waitMs: next.waitMs }, 'a console is dialled again');
    this.#cancelTimer = clock.after(next.waitMs, () => {
      this.#tell({ cause, nextTryInMs: 0 });
      void this.#dial(true);
    });
    this.#tell({ cause, nextTryInMs: next.waitMs });
  }

  #learn(underWay: LostCause | null): void {
    this.#underWay = underWay;
    if (this.#state === 'lost' && underWay !== null && underWay !== this.#lost.cause)
      this.#tell({ ...this.#lost, cause: underWay });
  }

  #tell(lost: Lost): void {
    this.#lost = lost;
    this.#init.listener.lost(lost);
  }

  #drop(reason: CloseKind): void {
    const upstream = this.#upstream;
    if (upstream === null) return;
    this.#upstream = null;
    this.#pace.cancel();
    upstream.destroy();
    const durationMs = Math.round(this.#init.clock.now() - this.#upAt);
    // A terminal may be silent for long and be none the worse for it.
    this.#hasServed ||= this.isOpen && durationMs >= STEADY_MS;
    const end = {
      reason,
      durationMs,
      bytesFromHost: this.#bytesFromHost,
      bytesToHost: this.#bytesToHost,
    };
    this.#init.log.info({ hubId: this.#init.hubId, ...end }, 'the line to a host is over');
    this.#init.listener.down(end);
  }
}
