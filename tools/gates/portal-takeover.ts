import { setTimeout as delay } from 'node:timers/promises';
import { verifyLog } from '@porthole/audit';
import { createDb, type Db, inTenantTransaction } from '@porthole/db';
import { codeOf } from '@porthole/errors';
import { generateKeyPair, openAsWorker, parsePrivateKey, type SealedRow } from '@porthole/vault';
import { PoolWatches } from '../../apps/pool-worker/src/watch-all.ts';
import { makeTestWorld, TEST_PIN, type TestWorld } from '../../prisma/test-world.ts';
import { withClient } from '../postgres/prepare-database.ts';
import { createTestDatabase, type TestDatabase } from '../postgres/test-database.ts';
import {
  ACCOUNT,
  createWorkerBench,
  type PoolHandle,
  type WorkerBench,
  writeCredential,
} from '../worker/worker-bench.ts';
import { type CanaryHost, startCanaryHost } from './canary-host.ts';
import type { Gate, GateResult, GateRun } from './gate.ts';
import { SQL_ATTACKS, type SqlAttack } from './portal-attacks.ts';

/** How long the worker may take to show in the pool's row what it made of a change. */
const WORKER_PATIENCE_MS = 20_000;

export const gate: Gate = {
  name: 'portal-takeover',
  promise:
    'who takes the portal opens no sealed secret, alters no event, and gets no password sent to a host of its own',
  defence:
    'each grant, trigger and check in turn, and the binding of a password to the certificate it is for',
  async run(options) {
    const sql = await attackDatabase(options);
    const wire = await attackByRepointing(options);
    const counts = { ...sql.counts, ...wire.counts };
    if (!options.prove) return { breaches: [...sql.breaches, ...wire.breaches], counts };
    // Every attack must succeed once its defence is off; one that does not was no test.
    const isAllNoticed = sql.breaches.length === counts.attacks && wire.breaches.length > 0;
    return { breaches: isAllNoticed ? [...wire.breaches, ...sql.breaches] : [], counts };
  },
};

async function attackDatabase({ prove, say }: GateRun): Promise<GateResult> {
  const database = await createTestDatabase();
  const portal = createDb({ url: database.url('portal') });
  try {
    const world = await makeTestWorld(database.url('superuser'));
    await writeSecrets(database, world, portal);
    if (prove) return await attackWithoutDefences(database, world, say);
    const succeeded: string[] = [];
    for (const attack of SQL_ATTACKS)
      if (await succeeds(portal, world, attack)) succeeded.push(`as the portal one can ${attack.what}`);
    return {
      breaches: [...succeeded, ...(await brokenChains(portal, world)), ...(await openedSecrets(database))],
      counts: { attacks: SQL_ATTACKS.length, refused: SQL_ATTACKS.length - succeeded.length },
    };
  } finally {
    await portal.close();
    await database.drop();
  }
}

/** Each defence taken away in a transaction of its own, the attack made inside it as the portal, and all of it undone. */
async function attackWithoutDefences(
  database: TestDatabase,
  world: TestWorld,
  say: (line: string) => void,
): Promise<GateResult> {
  const attacks = SQL_ATTACKS.filter(({ off }) => off !== null);
  const noticed: string[] = [];
  await withClient(database.url('superuser'), async (client) => {
    for (const attack of attacks) {
      await client.query('BEGIN');
      await client.query(attack.off ?? '');
      // The session user too, since the functions of the log ask who logged in.
      await client.query('SET LOCAL SESSION AUTHORIZATION porthole_portal');
      await client.query("SELECT set_config('app.tenant_id', $1, true)", [world.northgate]);
      const { rowCount } = await client.query(...statementOf(attack, world));
      await client.query('ROLLBACK');
      if (rowCount === 0) say(`not noticed: ${attack.what}`);
      else noticed.push(`as the portal one can ${attack.what}`);
    }
  });
  return { breaches: noticed, counts: { attacks: attacks.length, noticed: noticed.length } };
}

function statementOf({ sql }: SqlAttack, world: TestWorld): [text: string, values: string[]] {
  const values = [world.northgate, world.globex].filter((_, at) => sql.includes(`$${at + 1}`));
  return [sql.includes('$1') ? sql : sql.replaceAll('$2', '$1'), values];
}

/** Whether the statement touched or gave anything. It is rolled back, so that attacks do not feed on each other. */
async function succeeds(portal: Db, world: TestWorld, attack: SqlAttack): Promise<boolean> {
  const undo = new Error('undo');
  let hasTouched = false;
  try {
    await inTenantTransaction(portal.pool, world.northgate, async (client) => {
      const { rowCount } = await client.query(...statementOf(attack, world));
      // Commands without rows (SET ROLE, ALTER TABLE, TRUNCATE) count as done when they are not refused.
      hasTouched = rowCount === null || rowCount > 0;
      throw undo;
    });
  } catch (error) {
    if (error === undo) return hasTouched;
    // Any other failure than a lack of rights would be a mistake of the attack and no merit of the database.
    if (codeOf(error) !== 'db/refused') throw error;
    return false;
  }
  throw new Error('an attack must end in its own undoing');
}

/** Rows that are worth something: a sealed password, a trusted host with a session, and a chain. */
async function writeSecrets(database: TestDatabase, world: TestWorld, portal: Db): Promise<void> {
  const sealed = `'k1', sha256('e'), substr(sha256('i'), 1, 12), sha256('d'), substr(sha256('t'), 1, 16),
    substr(sha256('j'), 1, 12), sha256('c'), substr(sha256('u'), 1, 16)`;
  await withClient(database.url('superuser'), async (client) => {
    const ids = [world.northgate, world.pool];
    await client.query(
      `INSERT INTO pool_credential (tenant_id, pool_id, purpose, username, kid, epk, wrap_iv, wrapped_dek, wrap_tag, iv, ct, tag)
       VALUES ($1, $2, 'inventory', 'root', ${sealed})`,
      ids,
    );
    await client.query(
      `INSERT INTO host_session (tenant_id, host_id, kid, epk, wrap_iv, wrapped_dek, wrap_tag, iv, ct, tag)
       VALUES ($1, $2, ${sealed})`,
      [world.northgate, world.host],
    );
    await client.query(
      `INSERT INTO host_trust (tenant_id, host_id, fingerprint_256, pem, source) VALUES ($1, $2, $3, 'pem', 'confirmed')`,
      [world.northgate, world.host, TEST_PIN],
    );
  });
  for (const tenantId of [world.northgate, world.globex])
    await inTenantTransaction(portal.pool, tenantId, (client) =>
      client.query(`SELECT audit_append($1, gen_random_uuid(), '{"action":"sign-out","outcome":"ok"}')`, [
        tenantId,
      ]),
    );
}

async function brokenChains(portal: Db, world: TestWorld): Promise<string[]> {
  const verdicts = await Promise.all(
    [world.northgate, world.globex].map((tenantId) => verifyLog(portal, tenantId)),
  );
  return verdicts.flatMap((verdict) =>
    verdict.intact && verdict.events === 1 ? [] : [`a chain was changed: ${JSON.stringify(verdict)}`],
  );
}

/** With a dump of the rows and any key but the worker's: a sealed password must stay shut. */
async function openedSecrets(database: TestDatabase): Promise<string[]> {
  const worker = createDb({ url: database.url('superuser') });
  try {
    const { rows } = await worker.pool.query<SealedRow & { tenant_id: string; pool_id: string }>(
      `SELECT tenant_id, pool_id, kid, epk, wrap_iv AS "wrapIv", wrapped_dek AS "wrappedDek", wrap_tag AS "wrapTag", iv, ct, tag
       FROM pool_credential`,
    );
    const own = parsePrivateKey(generateKeyPair().privatePem);
    return rows.flatMap((row) => {
      try {
        // The attacker's own key under the name of the worker's.
        openAsWorker(new Map([[row.kid, own]]), row, {
          tenantId: row.tenant_id,
          poolId: row.pool_id,
          field: 'inventory',
          pin: TEST_PIN,
        });
        return ['a sealed password opened with a key of the attacker’s'];
      } catch {
        return [];
      }
    });
  } finally {
    await worker.close();
  }
}

/** Points everything the portal may write at a canary, and lets the worker that ships do what it does. */
async function attackByRepointing({ prove, say }: GateRun): Promise<GateResult> {
  const canary = await startCanaryHost();
  const bench = await createWorkerBench();
  const deps = bench.depsOf('worker-1');
  const watches = new PoolWatches({
    ...deps,
    // The canary may be reached: only what is said to it is in question.
    policyFor: (cidrs) => {
      const policy = deps.policyFor(cidrs);
      return { ...policy, demoEndpoints: [...policy.demoEndpoints, `127.0.0.1:${canary.port}`] };
    },
  });
  try {
    const pool = await bench.startPool({ vms: [{ name: 'web-01' }] });
    const handle = await bench.addPool(pool);
    const reaches = (what: string, isThere: (row: Record<string, unknown>) => boolean) =>
      reachesState({ bench, handle, watches, what, isThere });
    await reaches('sign in honestly', (row) => row.state === 'connected');
    const [coordinator] = pool.hosts;
    if (coordinator === undefined) throw new Error('the stand-in pool has no host');

    say('the pool is pointed at the canary');
    await repoint(bench, handle, { port: canary.port, pin: coordinator.fingerprint256 });
    await reaches('see another certificate', (row) => row.state === 'untrusted');
    const connections = canary.connections();

    say('the pin is changed along with it');
    await repoint(bench, handle, { port: canary.port, pin: canary.fingerprint256 });
    if (prove) {
      // As if the password were not bound to the pin: it opens under any.
      await writeCredential(bench.asPortal, handle, canary.fingerprint256, ACCOUNT.password);
      await reaches('send the password', () => canary.heard().length > 0);
    } else {
      await reaches(
        'find the password bound elsewhere',
        (row) => row.state_reason === 'credential/bound-elsewhere',
      );
      say('the hosts are pointed at the canary');
      await bench.asPortal(
        handle.tenantId,
        `UPDATE host SET override_address = '127.0.0.1', override_port = $1`,
        [canary.port],
      );
      await repoint(bench, handle, { port: coordinator.port, pin: coordinator.fingerprint256 });
      await reaches(
        'meet the canary as a member',
        (row) => row.state === 'connected' && canary.connections() > connections,
      );
    }
    return judgeCanary(canary, connections);
  } finally {
    await watches.close();
    await bench.close();
    await canary.stop();
  }
}

async function repoint(
  bench: WorkerBench,
  { tenantId, poolId }: PoolHandle,
  { port, pin }: { port: number; pin: string },
): Promise<void> {
  await bench.asPortal(
    tenantId,
    `UPDATE pool SET address = '127.0.0.1', port = $2, pin = $3, state = 'new' WHERE id = $1`,
    [poolId, port, pin],
  );
}

async function reachesState(scene: {
  bench: WorkerBench;
  handle: PoolHandle;
  watches: PoolWatches;
  what: string;
  isThere: (row: Record<string, unknown>) => boolean;
}): Promise<void> {
  const giveUpAt = Date.now() + WORKER_PATIENCE_MS;
  for (;;) {
    await scene.watches.tick();
    const row = await scene.bench.poolRow(scene.handle);
    if (scene.isThere(row)) return;
    if (Date.now() > giveUpAt)
      throw new Error(`the worker did not ${scene.what}: ${String(row.state)} ${String(row.state_reason)}`);
    await delay(50);
  }
}

function judgeCanary(canary: CanaryHost, connectionsAtFirst: number): GateResult {
  const heard = canary.heard();
  return {
    breaches: [
      ...(connectionsAtFirst === 0 ? ['the worker never came near the canary: nothing was tried'] : []),
      ...(heard.length === 0 ? [] : [`${heard.length} bytes were said to a host of the attacker’s`]),
      ...(heard.includes(ACCOUNT.password) ? ['the password was among them'] : []),
    ],
    counts: { connections: canary.connections(), bytesHeard: heard.length },
  };
}
