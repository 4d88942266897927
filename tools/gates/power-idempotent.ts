import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { createDb, type Db } from '@porthole/db';
import type { FakePool } from '@porthole/fake-xenserver';
import type { PowerAct } from '@porthole/rbac';
import type { Actor } from '../../apps/portal/src/server/actor.ts';
import { requestPower } from '../../apps/portal/src/server/power/request-power.ts';
import { withClient } from '../postgres/prepare-database.ts';
import { createWorkerBench, type PoolHandle, type WorkerBench } from '../worker/worker-bench.ts';
import { WorkerProcess } from '../worker/worker-process.ts';
import type { Gate, GateResult, GateRun } from './gate.ts';

/** Clicks on the same button at once. */
const CLICKS = 6;
/** So long an operation takes at the pool: time enough to die in. */
const OPERATION_MS = 1_500;
const PATIENCE_MS = 45_000;
/** How long something that must not come is waited for, in milliseconds. */
const AFTERMATH_MS = 500;

/** When the worker dies: as soon as it is asked, as soon as the pool was, or some time later. */
type Moment = 'asked' | 'sent' | 'followed';
interface Round {
  readonly act: Extract<PowerAct, 'start' | 'clean_reboot'>;
  readonly moment: Moment;
}

const REDUCED: readonly Round[] = [
  { act: 'start', moment: 'asked' },
  { act: 'clean_reboot', moment: 'sent' },
];
const FULL: readonly Round[] = Array.from({ length: 24 }, (_, n) => ({
  act: n % 2 === 0 ? 'start' : 'clean_reboot',
  moment: (['asked', 'sent', 'followed'] as const)[Math.floor(n / 2) % 3] ?? 'sent',
}));

export const gate: Gate = {
  name: 'power-idempotent',
  promise:
    'However often somebody clicks, and whenever the worker is killed, a machine is asked once, and its operation ends once with one event.',
  defence: 'the worker notes what it is about to send before it sends it',
  run: async (options) => {
    const rounds = options.full ? FULL : options.prove ? REDUCED.slice(1) : REDUCED;
    const bench = await createWorkerBench();
    const db = createDb({ url: bench.database.url('portal') });
    try {
      const pool = await bench.startPool({
        operationMs: OPERATION_MS,
        vms: rounds.map(({ act }, n) => ({
          name: `m-${n}`,
          powerState: act === 'start' ? ('Halted' as const) : ('Running' as const),
        })),
      });
      const handle = await bench.addPool(pool);
      if (options.prove) await asOwner(bench, FORGETFUL);
      return await new Clicks(bench, db, { pool, handle }, options).run(rounds);
    } finally {
      await db.close();
      await bench.close();
    }
  },
};

/** What a careless worker would leave in the row: nothing but that somebody asked. */
const FORGETFUL = `
CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.finished_at IS NULL THEN
    NEW.step := 'waiting'; NEW.task_ref := NULL; NEW.sent_at := NULL;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER forget BEFORE UPDATE ON power_operation FOR EACH ROW EXECUTE FUNCTION forget()`;

class Clicks {
  readonly #bench: WorkerBench;
  readonly #db: Db;
  readonly #pool: FakePool;
  readonly #handle: PoolHandle;
  readonly #run: GateRun;
  readonly #breaches: string[] = [];
  readonly #counts = { rounds: 0, clicks: 0, kills: 0, done: 0, unclear: 0 };

  constructor(bench: WorkerBench, db: Db, at: { pool: FakePool; handle: PoolHandle }, run: GateRun) {
    this.#bench = bench;
    this.#db = db;
    this.#pool = at.pool;
    this.#handle = at.handle;
    this.#run = run;
  }

  async run(rounds: readonly Round[]): Promise<GateResult> {
    const actor = await this.#somebody();
    let worker = await this.#startWorker();
    try {
      await this.#until('the pool is in step', async () => (await this.#bench.vms(this.#handle)).size > 0);
      for (const [n, round] of rounds.entries()) {
        worker = await this.#round(`m-${n}`, round, actor, worker);
        if (n % 8 === 7) this.#run.say(`${n + 1} rounds`);
        if (this.#breaches.length > 0) break;
      }
    } finally {
      await worker.kill();
    }
    return { breaches: this.#breaches, counts: { ...this.#counts } };
  }

  async #round(name: string, { act, moment }: Round, actor: Actor, worker: WorkerProcess) {
    const what = `${name} ${act}, killed when ${moment}`;
    const vmId = String((await this.#bench.vms(this.#handle)).get(name)?.id);
    const before = this.#calls(act);
    const answers = await Promise.all(
      Array.from({ length: CLICKS }, () =>
        requestPower({ db: this.#db }, actor, { org: 'unused', vmIds: [vmId], act }),
      ),
    );
    this.#counts.clicks += CLICKS;
    const ids = new Set(answers.flat().map(({ operationId }) => operationId));
    const [id] = ids;
    if (ids.size !== 1 || id == null) this.#breach(`${what}: ${CLICKS} clicks made ${ids.size} operations`);
    if (moment !== 'asked') await this.#until(`${what}: is sent`, async () => this.#calls(act) > before);
    if (moment === 'followed') await wait(Math.random() * OPERATION_MS);
    await worker.kill();
    this.#counts.kills += 1;
    // A dead worker's lease runs out within 15 s; nobody has to wait for that here.
    await asOwner(this.#bench, 'DELETE FROM pool_lease');
    const next = await this.#startWorker();
    await this.#until(`${what}: ends`, async () => (await this.#row(id ?? '')).finished_at !== null);
    await wait(AFTERMATH_MS);
    await this.#judge(what, act, id ?? '', this.#calls(act) - before);
    this.#counts.rounds += 1;
    return next;
  }

  async #judge(what: string, act: PowerAct, id: string, calls: number): Promise<void> {
    const { step } = await this.#row(id);
    const events = (await this.#bench.events(this.#handle.tenantId)).filter(
      ({ data }) => data.operationId === id,
    );
    const of = (...actions: string[]) => events.filter(({ action }) => actions.includes(action)).length;
    if (calls > 1) this.#breach(`${what}: the pool was asked ${calls} times`);
    if (step !== 'done' && !(step === 'unclear' && act === 'clean_reboot'))
      this.#breach(`${what}: ended as ${step}`);
    if (step === 'done' && calls !== 1)
      this.#breach(`${what}: is done, and the pool was asked ${calls} times`);
    if (of('power.requested') !== 1 || of('power.done', 'power.failed') !== 1)
      this.#breach(`${what}: the log says ${events.map(({ action }) => action).join(', ')}`);
    if (step === 'done') this.#counts.done += 1;
    else this.#counts.unclear += 1;
  }

  #startWorker(): Promise<WorkerProcess> {
    return WorkerProcess.start(
      this.#bench,
      this.#pool.hosts.map(({ address, port }) => `${address}:${port}`),
    );
  }

  /** An owner of the organisation that has the pool. */
  async #somebody(): Promise<Actor> {
    const { tenantId } = this.#handle;
    const [personId, loginSessionId] = [randomUUID(), randomUUID()];
    await asOwner(this.#bench, 'INSERT INTO person (id, email, name) VALUES ($1, $2, $3)', [
      personId,
      'owner@acme.example',
      'Ada',
    ]);
    await asOwner(
      this.#bench,
      "INSERT INTO membership (tenant_id, person_id, role) VALUES ($1, $2, 'owner')",
      [tenantId, personId],
    );
    await asOwner(
      this.#bench,
      `INSERT INTO login_session (id, digest, binder_hash, person_id, expires_at)
       VALUES ($1, $2, $3, $4, now() + interval '12 hours')`,
      [loginSessionId, randomBytes(32).toString('hex'), randomBytes(32), personId],
    );
    return {
      tenantId,
      personId,
      loginSessionId,
      personName: 'Ada',
      email: 'owner@acme.example',
      lastInputAt: new Date(),
      factorAt: null,
      confirmedAt: new Date(),
      ip: '192.0.2.1',
      slug: 'acme',
      tenantName: 'Acme',
      tenantKind: 'customer',
      role: 'owner',
    };
  }

  #calls(act: PowerAct): number {
    return this.#pool.stats().callsByMethod[`Async.VM.${act}`] ?? 0;
  }

  async #row(id: string): Promise<Record<string, unknown>> {
    const [row] = await this.#bench.asPortal(
      this.#handle.tenantId,
      'SELECT step, finished_at FROM power_operation WHERE id = $1',
      [id],
    );
    return row ?? {};
  }

  async #until(what: string, holds: () => Promise<boolean>): Promise<void> {
    for (let left = PATIENCE_MS; left > 0; left -= 50) {
      if (await holds()) return;
      await wait(50);
    }
    this.#breach(`${what}: not within ${PATIENCE_MS / 1_000} s`);
  }

  #breach(sentence: string): void {
    this.#breaches.push(sentence);
  }
}

async function asOwner(bench: WorkerBench, sql: string, values: readonly unknown[] = []): Promise<void> {
  await withClient(bench.database.url('superuser'), (client) => client.query(sql, [...values]));
}
