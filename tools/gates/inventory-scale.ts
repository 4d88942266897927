import { setTimeout as wait } from 'node:timers/promises';
import { type FakePool, manyVms } from '@porthole/fake-xenserver';
import { createWorkerBench, type PoolHandle, type WorkerBench } from '../worker/worker-bench.ts';
import type { Gate, GateResult, GateRun } from './gate.ts';

const SIZES = { reduced: { machines: 300, hosts: 3 }, full: { machines: 5_000, hosts: 16 } };
/** A first read: sign-in, one call for each class, and what each host takes, whatever number of machines there is. */
const MOST_CALLS = { fixed: 30, eachHost: 4 };
/** In this time of rest a pool is asked one long poll and a few questions about itself. */
const REST_MS = 2_000;
const MOST_CALLS_AT_REST = 8;
/** Machines that change while somebody counts the writes. */
const CHANGED = 10;
const PATIENCE_MS = 120_000;

export const gate: Gate = {
  name: 'inventory-scale',
  promise:
    'A pool of thousands of machines is read in a few calls, followed by one long poll, and a change writes the rows that changed and no other.',
  defence: 'what is known is followed by events and not read again',
  run: async (options) => {
    const { machines, hosts } = options.full ? SIZES.full : SIZES.reduced;
    const bench = await createWorkerBench();
    try {
      const pool = await bench.startPool({ hosts, vms: manyVms(machines, hosts) });
      const handle = await bench.addPool(pool);
      return await new Scale(bench, pool, handle, options).run(machines, hosts);
    } finally {
      await bench.close();
    }
  },
};

class Scale {
  readonly #bench: WorkerBench;
  readonly #pool: FakePool;
  readonly #handle: PoolHandle;
  readonly #run: GateRun;
  readonly #breaches: string[] = [];

  constructor(bench: WorkerBench, pool: FakePool, handle: PoolHandle, run: GateRun) {
    this.#bench = bench;
    this.#pool = pool;
    this.#handle = handle;
    this.#run = run;
  }

  async run(machines: number, hosts: number): Promise<GateResult> {
    // As long a poll as a pool of the field has; a short one would count as many.
    const watches = this.#bench.startWatches('worker-1', {
      timing: { eventTimeoutS: 30.1, verifyEveryMs: 60_000 },
    });
    const before = this.#calls();
    await watches.tick();
    await this.#until('the pool is in step', async () => (await this.#state()) === 'connected');
    const firstRead = this.#calls() - before;
    const most = MOST_CALLS.fixed + MOST_CALLS.eachHost * hosts;
    if (firstRead > most) this.#breach(`the first read took ${firstRead} calls instead of at most ${most}`);
    const rows = [...(await this.#bench.vms(this.#handle)).values()];
    const known = rows.filter(({ is_control_domain }) => is_control_domain !== true).length;
    if (known !== machines) this.#breach(`${known} machines are known of ${machines}`);

    const restedAt = this.#calls();
    for (let rested = 0; rested < REST_MS; rested += 100) {
      if (this.#run.prove) watches.ask(this.#handle.poolId, 'sync-pool', new Date());
      await wait(100);
    }
    const atRest = this.#calls() - restedAt;
    if (atRest > MOST_CALLS_AT_REST)
      this.#breach(`at rest the pool was asked ${atRest} times in ${REST_MS / 1_000} s`);

    const written = this.#run.prove ? CHANGED : await this.#writesOf(rows);
    if (written !== CHANGED) this.#breach(`${CHANGED} changes wrote ${written} rows`);
    return { breaches: this.#breaches, counts: { machines: known, hosts, firstRead, atRest, written } };
  }

  /** Some machines change their state. @returns how many rows were written because of it */
  async #writesOf(rows: readonly Record<string, unknown>[]): Promise<number> {
    const running = rows.filter(
      ({ power_state, is_control_domain }) => power_state === 'Running' && is_control_domain !== true,
    );
    const names = running.slice(0, CHANGED).map(({ name }) => String(name));
    const writes = async () => {
      const rows = await this.#bench.asPortal(
        this.#handle.tenantId,
        'SELECT id, xmin::text AS version FROM vm WHERE pool_id = $1',
        [this.#handle.poolId],
      );
      return new Map(rows.map(({ id, version }) => [String(id), String(version)]));
    };
    const before = await writes();
    for (const name of names) this.#pool.vm(name).setPowerState('Paused');
    await this.#until('the changes are in the rows', async () => {
      const vms = await this.#bench.vms(this.#handle);
      return names.every((name) => vms.get(name)?.power_state === 'Paused');
    });
    const after = await writes();
    return [...after].filter(([id, version]) => before.get(id) !== version).length;
  }

  #calls(): number {
    return this.#pool.stats().rpcCalls;
  }

  async #state(): Promise<unknown> {
    return (await this.#bench.poolRow(this.#handle)).state;
  }

  async #until(what: string, holds: () => Promise<boolean>): Promise<void> {
    for (let left = PATIENCE_MS; left > 0; left -= 100) {
      if (await holds()) return;
      await wait(100);
    }
    this.#breach(`${what}: not within ${PATIENCE_MS / 1_000} s`);
  }

  #breach(sentence: string): void {
    this.#breaches.push(sentence);
  }
}
