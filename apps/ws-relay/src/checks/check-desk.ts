import { CHECK_LIMITS } from '@porthole/check-contract';
import type { PgClient } from '@porthole/db';
import { CheckRun, CheckStopped, checkFromRelay, type RelayHost } from '@porthole/doctor';
import type { ConnectPinned, EgressPolicy } from '@porthole/egress';
import { AppError } from '@porthole/errors';
import type { Logger } from '@porthole/logger';
import { type CheckPart, endCheck, storeCheckStep, takeCheck } from '@porthole/tickets';
import { openSession, type PrivateKeys } from '@porthole/vault';
import { type Cancel, type Clock, every } from '../clock.ts';

/** How often a relay looks for a check without a hint, in milliseconds. */
export const LOOK_EVERY_MS = 2_000;

export interface CheckDeskDeps {
  readonly client: PgClient;
  readonly relayId: string;
  readonly egress: EgressPolicy;
  readonly keys: PrivateKeys;
  readonly clock: Clock;
  readonly log: Logger;
  readonly isDraining: () => boolean;
  /** The way out; only tests and gates give another. */
  readonly connect?: ConnectPinned;
}

/**
 * The relay's part of checks, one at a time: what it may know of a pool comes with the run, as with a console's pass, and the addresses
 * and pins from inside the sealed sessions alone (ADR 0017).
 */
export class CheckDesk {
  readonly #deps: CheckDeskDeps;
  readonly #stop = new AbortController();
  #cancel: Cancel = () => undefined;
  #working: Promise<void> | null = null;

  constructor(deps: CheckDeskDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#cancel = every(this.#deps.clock, LOOK_EVERY_MS, () => this.look());
  }

  /** Something may wait for a relay. */
  look(): void {
    if (this.#working !== null || this.#stop.signal.aborted || this.#deps.isDraining()) return;
    this.#working = this.#lookOnce()
      .catch((err: unknown) => this.#deps.log.warn({ err }, 'a check could not be taken or ended'))
      .finally(() => {
        this.#working = null;
      });
  }

  /** Ends what is under way as broken off. */
  async stop(): Promise<void> {
    this.#cancel();
    this.#stop.abort();
    await this.#working;
  }

  async #lookOnce(): Promise<void> {
    const { client, relayId, log } = this.#deps;
    for (;;) {
      if (this.#stop.signal.aborted) return;
      const part = await takeCheck(client, relayId);
      if (part === null) return;
      try {
        await this.#check(part);
        await endCheck(client, relayId, part, 'done');
      } catch (err) {
        if (!(err instanceof CheckStopped))
          log.warn({ err, runId: part.runId }, 'a check of a pool was broken off');
        await endCheck(client, relayId, part, 'broken');
      }
    }
  }

  async #check(part: CheckPart): Promise<void> {
    const { client, relayId, egress, connect } = this.#deps;
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(CHECK_LIMITS.wholeMs)]);
    const now = () => performance.now();
    const run = new CheckRun({
      place: 'relay',
      signal,
      now,
      emit: (step, next) => storeCheckStep(client, relayId, part, { step, next }),
    });
    await checkFromRelay(
      run,
      {
        policy: { ...egress, allowedCidrs: [...egress.allowedCidrs, ...part.allowedCidrs] },
        ...(connect === undefined ? {} : { connect }),
        oneViewer: part.limitConsoleSessions,
        isScheduled: part.origin === 'schedule',
        isOfMachine: part.isOfMachine,
        subject: part.name,
        now,
      },
      part.hosts.map((host) => this.#open(part, host)),
    );
  }

  #open({ tenantId }: CheckPart, { id, name, session, vm }: CheckPart['hosts'][number]): RelayHost {
    if (session === null) return { name, session: null, vm };
    try {
      const { address, port, pin, sessionRef } = openSession(this.#deps.keys, session, {
        tenantId,
        hostId: id,
      });
      return { name, vm, session: { address, port, pin, sessionRef: sessionRef.reveal() } };
    } catch (err) {
      if (!(err instanceof AppError)) throw err;
      this.#deps.log.warn({ err, hostId: id }, 'a sealed session does not open');
      return { name, session: null, vm };
    }
  }
}
