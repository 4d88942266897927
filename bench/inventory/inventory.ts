import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { manyVms } from '../../libs/fake-xenserver/src/index.ts';
import { withClient } from '../../tools/postgres/prepare-database.ts';
import { buildApps } from '../../tools/stack/build-apps.ts';
import { createWorkerBench, type PoolHandle, type WorkerBench } from '../../tools/worker/worker-bench.ts';
import { WorkerProcess } from '../../tools/worker/worker-process.ts';
import { type Bench, type BenchResult, type BenchRun, type Figure, median } from '../bench.ts';
import { cpuSeconds } from '../relay/process/process-usage.ts';
import { measurePages, type PageLatency } from './page-latency.ts';

const RESULTS = path.join(import.meta.dirname, '../results/inventory.json');
const SIZES = [
  { machines: 50, hosts: 1 },
  { machines: 500, hosts: 4 },
  { machines: 5_000, hosts: 16 },
] as const;
const CHANGES = 40;
const REST_MS = 15_000;
/** Open pages whose calls at the pool are counted. */
const VIEWERS = [0, 10, 500];
const PATIENCE_MS = 180_000;
/** How much longer ten times the machines may take to be read: more than ten times would be worse than linear. */
const MOST_GROWTH = 12;
/** Of a transaction for each machine, which is what the sabotage makes of the worker's statements, in milliseconds. */
const SLOWER_MS = 4;

export const bench: Bench = {
  name: 'inventory',
  question: 'what a pool costs the worker: the first read, a change, and rest, at 50, 500 and 5,000 machines',
  bound: `ten times the machines take at most ${MOST_GROWTH} times the processor time to read`,
  sabotage: `each machine that is written waits ${SLOWER_MS} ms in the database, and the one before it again`,
  run,
};

interface Measured extends Partial<PageLatency> {
  readonly machines: number;
  readonly hosts: number;
  /** From the start of the worker's work until the pool is said to be connected. */
  readonly firstSyncMs: number;
  readonly firstSyncCpuMs: number;
  /** From the change at the pool to the row. */
  readonly changeP50Ms: number;
  readonly changeP95Ms: number;
  /** Written ahead by the database for one change. */
  readonly walBytesPerChange: number;
  readonly callsPerMinuteAtRest: number;
  readonly restCpuPercent: number;
}

async function run({ prove, only, say }: BenchRun): Promise<BenchResult> {
  const all: Measured[] = [];
  for (const size of prove ? SIZES.slice(0, 2) : SIZES) {
    if (only.length > 0 && !only.includes(String(size.machines))) continue;
    // The sabotage is in the worker's database; pages need not be looked at.
    const measured = {
      ...(await measure(size, prove)),
      ...(prove ? {} : await measurePages(size.machines, VIEWERS)),
    };
    all.push(measured);
    say(
      `${size.machines} machines: read in ${measured.firstSyncMs} ms with ${measured.firstSyncCpuMs} ms of CPU; a change in ${measured.changeP50Ms} ms (p95 ${measured.changeP95Ms}), on a page in ${measured.pageP50Ms} ms (p95 ${measured.pageP95Ms})`,
    );
  }
  const small = all.find(({ machines }) => machines === 500) ?? all[0];
  const large = all.at(-1);
  const base = prove ? all[0] : small;
  const growth = (large?.firstSyncMs ?? 0) / Math.max(1, base?.firstSyncMs ?? 1);
  if (!prove && only.length === 0) {
    mkdirSync(path.dirname(RESULTS), { recursive: true });
    const report = { measuredAt: new Date().toISOString(), node: process.version, sizes: all };
    writeFileSync(RESULTS, `${JSON.stringify(report, null, 2)}\n`);
  }
  return {
    figures: Object.fromEntries(all.flatMap(figuresOf)),
    holds: growth <= MOST_GROWTH,
    report: { sizes: all, growth },
  };
}

function figuresOf({
  machines,
  firstSyncMs,
  firstSyncCpuMs,
  changeP50Ms,
  ...rest
}: Measured): [string, Figure][] {
  return [
    [`firstSync${machines}`, { value: firstSyncMs, unit: 'ms' }],
    [`firstSyncCpu${machines}`, { value: firstSyncCpuMs, unit: 'ms of the worker' }],
    [`change${machines}`, { value: changeP50Ms, unit: 'ms to the row, median' }],
    [`page${machines}`, { value: rest.pageP95Ms ?? Number.NaN, unit: 'ms to an open page, p95' }],
  ];
}

async function measure(size: { machines: number; hosts: number }, prove: boolean): Promise<Measured> {
  const bench = await createWorkerBench();
  try {
    const pool = await bench.startPool({ hosts: size.hosts, vms: manyVms(size.machines, size.hosts) });
    if (prove) await withClient(bench.database.url('superuser'), (client) => client.query(SLOWER));
    const endpoints = pool.hosts.map(({ address, port }) => `${address}:${port}`);
    // As it runs in production.
    const { worker: built } = await buildApps(() => undefined);
    const worker = await WorkerProcess.start(bench, endpoints, built);
    try {
      // What the process needs for itself is no part of the pool's cost.
      await wait(3_000);
      const cpuBefore = cpuSeconds(worker.pid);
      const since = performance.now();
      const handle = await bench.addPool(pool);
      await until(async () => (await bench.poolRow(handle)).state === 'connected');
      const firstSyncMs = Math.round(performance.now() - since);
      const firstSyncCpuMs = Math.round((cpuSeconds(worker.pid) - cpuBefore) * 1_000);
      const changes = await measureChanges(bench, pool, handle, size.machines);
      const calls = pool.stats().rpcCalls;
      const cpuAtRest = cpuSeconds(worker.pid);
      await wait(REST_MS);
      return {
        ...size,
        firstSyncMs,
        firstSyncCpuMs,
        ...changes,
        callsPerMinuteAtRest: Math.round(((pool.stats().rpcCalls - calls) * 60_000) / REST_MS),
        restCpuPercent: Number(((cpuSeconds(worker.pid) - cpuAtRest) / (REST_MS / 100_000)).toFixed(2)),
      };
    } finally {
      await worker.kill();
    }
  } finally {
    await bench.close();
  }
}

type Pool = Awaited<ReturnType<WorkerBench['startPool']>>;

/** One machine after the other changes its state at the pool. */
async function measureChanges(bench: WorkerBench, pool: Pool, handle: PoolHandle, machines: number) {
  const names = manyVms(machines, 1)
    .filter(({ powerState }) => powerState === 'Running')
    .map(({ name }) => name);
  const wal = async () => {
    const [row] = await bench.asPortal(handle.tenantId, "SELECT pg_current_wal_lsn() - '0/0' AS bytes");
    return Number(row?.bytes);
  };
  const before = await wal();
  const took: number[] = [];
  for (let n = 0; n < CHANGES; n += 1) {
    const name = names[(n * 7) % names.length] ?? '';
    const state = pool.vm(name).powerState === 'Running' ? 'Paused' : 'Running';
    const since = performance.now();
    pool.vm(name).setPowerState(state);
    await until(async () => {
      const [row] = await bench.asPortal(
        handle.tenantId,
        'SELECT power_state FROM vm WHERE pool_id = $1 AND name = $2',
        [handle.poolId, name],
      );
      return row?.power_state === state;
    });
    took.push(performance.now() - since);
  }
  took.sort((a, b) => a - b);
  return {
    changeP50Ms: Math.round(median(took)),
    changeP95Ms: Math.round(took[Math.floor(took.length * 0.95)] ?? Number.NaN),
    walBytesPerChange: Math.round(((await wal()) - before) / CHANGES),
  };
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`not within ${PATIENCE_MS / 1_000} s`);
    await wait(5);
  }
}

/** Work that grows with the square of the machines. */
const SLOWER = `
CREATE FUNCTION slower() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_sleep(${SLOWER_MS / 1_000} * (SELECT count(*) FROM vm) / 50);
  RETURN NEW;
END $$;
CREATE TRIGGER slower BEFORE INSERT ON vm FOR EACH ROW EXECUTE FUNCTION slower()`;
