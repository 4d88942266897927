import { setTimeout as wait } from 'node:timers/promises';
import type { FakePool } from '@porthole/fake-xenserver';
import { LEASE_S } from '../../apps/pool-worker/src/watch-all.ts';
import { withClient } from '../postgres/prepare-database.ts';
import { createWorkerBench, type PoolHandle, type WorkerBench } from '../worker/worker-bench.ts';
import { WorkerProcess } from '../worker/worker-process.ts';
import type { Gate, GateResult, GateRun } from './gate.ts';

const KILLS = { reduced: 1, full: 6 };
const MACHINES = 40;
/** Changes at the pool while nobody looks, and while the next worker is reading. */
const CHANGES = 30;
/** In `npm test` a lease runs out sooner, so that nobody waits for it; in full it is the worker's own. */
const SHORT_LEASE_S = 5;
/** The look of the next worker, and its first read on a machine that has much to do, in milliseconds. */
const READ_WITHIN_MS = 13_000;
const STATES = ['Running', 'Halted', 'Paused', 'Suspended'] as const;

export const gate: Gate = {
  name: 'inventory-loss',
  promise:
    'A worker may be killed at any moment: another takes its pools within the time of a lease, and no change at the pool is lost.',
  defence: 'the lease of a dead worker runs out',
  run: async (options) => {
    const bench = await createWorkerBench();
    try {
      const pool = await bench.startPool({
        hosts: 3,
        vms: Array.from({ length: MACHINES }, (_, n) => ({ name: `m-${n}`, residentOn: n % 3 })),
      });
      const handle = await bench.addPool(pool);
      return await new Losses(bench, pool, handle, options).run();
    } finally {
      await bench.close();
    }
  },
};

const leaseOf = (interval: string) => `
CREATE FUNCTION another_lease() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN NEW.until := now() + interval '${interval}'; RETURN NEW; END $$;
CREATE TRIGGER another_lease BEFORE INSERT OR UPDATE ON pool_lease FOR EACH ROW EXECUTE FUNCTION another_lease()`;
const SHORT = leaseOf(`${SHORT_LEASE_S} seconds`);
/** A lease that nobody can take over. */
const ENDLESS = leaseOf('1 day');

class Losses {
  readonly #bench: WorkerBench;
  readonly #pool: FakePool;
  readonly #handle: PoolHandle;
  readonly #run: GateRun;
  readonly #breaches: string[] = [];
  readonly #counts = { kills: 0, changes: 0, slowestMs: 0 };

  constructor(bench: WorkerBench, pool: FakePool, handle: PoolHandle, run: GateRun) {
    this.#bench = bench;
    this.#pool = pool;
    this.#handle = handle;
    this.#run = run;
  }

  async run(): Promise<GateResult> {
    const lease = this.#run.prove ? ENDLESS : SHORT;
    if (!this.#run.full || this.#run.prove)
      await withClient(this.#bench.database.url('superuser'), (client) => client.query(lease));
    let watcher = await this.#startWorker();
    await this.#untilSame('the first read');
    // Another one stands by from the beginning, as in production.
    let next = await this.#startWorker();
    try {
      for (let kill = 0; kill < (this.#run.full ? KILLS.full : KILLS.reduced); kill += 1) {
        this.#change(CHANGES / 3);
        await watcher.kill();
        const killedAt = performance.now();
        this.#counts.kills += 1;
        for (let n = 0; n < CHANGES; n += 1) {
          this.#change(1);
          await wait(20);
        }
        await this.#untilSame(`kill ${kill + 1}`);
        this.#counts.slowestMs = Math.max(this.#counts.slowestMs, Math.round(performance.now() - killedAt));
        if (this.#breaches.length > 0) break;
        watcher = next;
        next = await this.#startWorker();
      }
    } finally {
      await Promise.all([watcher.kill(), next.kill()]);
    }
    return { breaches: this.#breaches, counts: { ...this.#counts } };
  }

  #change(times: number): void {
    for (let n = 0; n < times; n += 1) {
      const name = `m-${Math.floor(Math.random() * MACHINES)}`;
      this.#pool.vm(name).setPowerState(STATES[Math.floor(Math.random() * STATES.length)] ?? 'Running');
      this.#counts.changes += 1;
    }
  }

  /** The rows say what the pool says, of every machine. */
  async #untilSame(what: string): Promise<void> {
    const leaseS = this.#run.full ? LEASE_S : SHORT_LEASE_S;
    const withinMs = leaseS * 1_000 + READ_WITHIN_MS;
    const until = performance.now() + withinMs;
    let different = await this.#different();
    while (different.length > 0 && performance.now() < until) {
      await wait(100);
      different = await this.#different();
    }
    const [first] = different;
    if (first !== undefined)
      this.#breach(`${what}: after ${withinMs / 1_000} s ${different.length} machines differ, as ${first}`);
  }

  async #different(): Promise<string[]> {
    const rows = await this.#bench.vms(this.#handle);
    return Array.from({ length: MACHINES }, (_, n) => `m-${n}`).flatMap((name) => {
      const [row, truth] = [rows.get(name)?.power_state, this.#pool.vm(name).powerState];
      return row === truth ? [] : [`${name}: ${String(row)} instead of ${truth}`];
    });
  }

  #startWorker(): Promise<WorkerProcess> {
    return WorkerProcess.start(
      this.#bench,
      this.#pool.hosts.map(({ address, port }) => `${address}:${port}`),
    );
  }

  #breach(sentence: string): void {
    this.#breaches.push(sentence);
  }
}
