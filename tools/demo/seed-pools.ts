import { setTimeout as wait } from 'node:timers/promises';
import { DEMO_ALLOTMENTS, DEMO_GRANTS } from './cast.ts';
import { PortalClient } from './portal-client.ts';
import { FRANKFURT, type StandIns } from './stand-in-pools.ts';

const INVENTORY_MS = 60_000;
const PROBE_MS = 30_000;
const POLL_MS = 150;

interface Machine {
  id: string;
  name: string;
}

/**
 * Adds the stand-in pool and shares two machines, as its operator and its team admin would: through the portal, with
 * their own accounts. Where the pool is already known, nothing happens.
 */
export async function seedPools(origin: string, standIns: StandIns): Promise<void> {
  const operator = await PortalClient.signIn(origin, 'olga@northgate.example');
  await addPool(operator, standIns);
  await operator.mutate('auth.signOut', {});
  for (const email of new Set(DEMO_GRANTS.map((grant) => grant.by))) {
    const admin = await PortalClient.signIn(origin, email);
    await giveGrants(admin, email);
    await admin.mutate('auth.signOut', {});
  }
}

async function addPool(operator: PortalClient, { pool, account }: StandIns): Promise<void> {
  const org = 'northgate';
  const { rows } = await operator.query<{ rows: { displayName: string }[] }>('pools.list', { org });
  if (rows.some((row) => row.displayName === FRANKFURT.name)) return;
  const [coordinator] = pool.hosts;
  if (coordinator === undefined) throw new Error('the stand-in pool has no host');
  const address = `https://${coordinator.address}:${coordinator.port}`;
  await operator.mutate('pools.add', {
    org,
    displayName: FRANKFURT.name,
    address,
    pin: await confirmedFingerprint(operator, org, address, coordinator.fingerprint256),
    ...account,
    allotments: DEMO_ALLOTMENTS,
  });
}

/** What an operator does by eye: the worker looks at the address, and what it saw is compared with what is known. */
async function confirmedFingerprint(
  operator: PortalClient,
  org: string,
  address: string,
  known: string,
): Promise<string> {
  const { probeId } = await operator.mutate<{ probeId: string }>('pools.probe', { org, address });
  const giveUpAt = Date.now() + PROBE_MS;
  while (Date.now() < giveUpAt) {
    const probe = await operator.query<Probe>('pools.probeResult', { org, probeId });
    if (probe.status === 'failed') throw new Error(`the worker cannot look at ${address}: ${probe.failure}`);
    if (probe.status === 'seen') {
      if (probe.certificate?.fingerprint256 === known) return known;
      throw new Error(`${address} shows another certificate than the stand-in host has`);
    }
    await wait(POLL_MS);
  }
  throw new Error(`the worker did not look at ${address} within half a minute`);
}

interface Probe {
  status: 'waiting' | 'seen' | 'failed';
  failure: string | null;
  certificate: { fingerprint256: string } | null;
}

async function giveGrants(admin: PortalClient, email: string): Promise<void> {
  const org = 'acme';
  const people = rowsOf(await admin.query<Listed<{ id: string; email: string }>>('people.list', { org }));
  for (const grant of DEMO_GRANTS.filter(({ by }) => by === email)) {
    const vm = await machineNamed(admin, org, grant.vm);
    const person = people.find((one) => one.email === grant.to);
    if (person === undefined) throw new Error(`${grant.to} is not listed in ${org}`);
    await admin.mutate('grants.give', {
      org,
      to: [{ kind: 'person', id: person.id }],
      over: { kind: 'vm', vmId: vm.id },
      role: grant.role,
      rights: [],
      endsAt: null,
      reason: grant.reason,
    });
  }
}

/** The machines appear when the worker has read the pool. */
async function machineNamed(client: PortalClient, org: string, name: string): Promise<Machine> {
  const giveUpAt = Date.now() + INVENTORY_MS;
  while (Date.now() < giveUpAt) {
    const machines = rowsOf(await client.query<Listed<Machine>>('machines.list', { org }));
    const found = machines.find((machine) => machine.name === name);
    if (found !== undefined) return found;
    await wait(POLL_MS);
  }
  throw new Error(`${name} did not appear within a minute: the worker does not read the pool`);
}

type Listed<T> = T[] | { rows: T[] };

function rowsOf<T>(listed: Listed<T>): T[] {
  return Array.isArray(listed) ? listed : listed.rows;
}
