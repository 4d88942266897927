import {
  EventFollower,
  type EventStep,
  getAllRecords,
  hasPoolUuid,
  recordSchemas,
  type XenPool,
} from '@porthole/xenapi';
import type { Gate, GateResult, GateRun } from './gate.ts';
import { failureOf, openXenScene, type XenScene } from './xen-scene.ts';

/** From the loss of the coordinator to a change seen at its successor, in milliseconds. */
const MOST_MS = 10_000;
const STRANGER = '127.0.0.66';

export const gate: Gate = {
  name: 'failover',
  promise:
    'a lost or changed coordinator is followed to a known member without losing a change, and no password goes anywhere else',
  defence:
    'the list of members with confirmed certificates: the client knows the first coordinator alone, and trusts whom a host names',
  run,
};

async function run({ prove, full, say }: GateRun): Promise<GateResult> {
  const breaches: string[] = [];
  const quiet: string[] = [];
  const counts: Record<string, number> = { rounds: 0, slowestMs: 0, signIns: 0, dialled: 0 };
  for (let round = 0; round < (full ? 10 : 1); round += 1) {
    for (const act of [losesItsCoordinator, changesItsCoordinator, namesAStranger, leavesAHostBehind]) {
      const scene = await openXenScene({
        hosts: 3,
        vms: [{ name: 'web' }, { name: 'db', powerState: 'Halted' }],
      });
      try {
        const started = performance.now();
        const found = await act(scene, prove);
        counts.slowestMs = Math.max(counts.slowestMs ?? 0, Math.round(performance.now() - started));
        counts.signIns = (counts.signIns ?? 0) + scene.pool.stats().logins;
        counts.dialled = (counts.dialled ?? 0) + scene.dialled.length;
        const strange = scene.dialled.filter((place) => !place.startsWith('127.0.0.1:'));
        if (strange.length > 0) found.push(`${strange[0]} was dialled because a host named it`);
        if (found.length === 0) quiet.push(act.name);
        breaches.push(...found);
      } finally {
        await scene.close();
      }
      counts.rounds = (counts.rounds ?? 0) + 1;
    }
  }
  if (!prove || quiet.length === 0) return { breaches: [...new Set(breaches)], counts };
  for (const name of quiet) say(`not noticed: ${name}`);
  return { breaches: [], counts };
}

function clientOf(scene: XenScene, prove: boolean): XenPool {
  return prove ? scene.client({ members: () => [scene.member(0)] }) : scene.client();
}

interface Watch {
  /** Resolves when the machine is known to be in the state; by a change or by a full read. */
  sees(vm: string, state: string): Promise<void>;
  stop(): void;
}

/** Keeps a picture of the pool's machines by the client's events, as the worker does. */
function watch(scene: XenScene, client: XenPool): Watch & { ready: Promise<void> } {
  const stop = new AbortController();
  const states = new Map<string, string>();
  const waiters = new Set<() => void>();
  const follower = new EventFollower(client, {
    classes: ['VM'],
    signal: stop.signal,
    pauseMs: 20,
    timeoutS: 30.1,
  });
  let failure: unknown = null;
  const apply = async (step: EventStep) => {
    if (step.kind === 'resync') {
      states.clear();
      for (const [ref, vm] of await getAllRecords(step.session, 'VM', recordSchemas.VM))
        states.set(ref, vm.power_state);
    } else {
      for (const { ref, operation, snapshot } of step.events)
        if (operation === 'del') states.delete(ref);
        else states.set(ref, recordSchemas.VM.parse(snapshot).power_state);
    }
    for (const wake of waiters) wake();
  };
  const ready = (async () => {
    const steps = follower.steps();
    await apply((await steps.next()).value);
    void (async () => {
      try {
        for (;;) await apply((await steps.next()).value);
      } catch (error) {
        failure = error;
        for (const wake of waiters) wake();
      }
    })();
  })();
  return {
    ready,
    stop: () => stop.abort(),
    sees: (vm, state) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => end(() => reject(new Error('not seen in time'))), MOST_MS);
        const end = (act: () => void) => {
          clearTimeout(timer);
          waiters.delete(look);
          act();
        };
        const look = () => {
          if (states.get(scene.pool.vm(vm).ref) === state) end(resolve);
          else if (failure !== null) end(() => reject(failure));
        };
        waiters.add(look);
        look();
      }),
  };
}

/** The coordinator dies in the middle of a poll; a member takes over; something changes while nobody looks. */
async function losesItsCoordinator(scene: XenScene, prove: boolean): Promise<string[]> {
  const client = clientOf(scene, prove);
  const watching = watch(scene, client);
  await watching.ready;
  scene.pool.failOver(2);
  scene.pool.vm('db').setPowerState('Running');
  const failure = await failureOf(() => watching.sees('db', 'Running'));
  watching.stop();
  return failure === null ? [] : [`a change at the new coordinator was not seen: ${failure}`];
}

/** An administrator makes another host the coordinator; the old one is a member from then on. */
async function changesItsCoordinator(scene: XenScene, prove: boolean): Promise<string[]> {
  const client = clientOf(scene, prove);
  await client.session();
  scene.pool.promote(1);
  const failure = await failureOf(() => client.call('VM.start', [scene.pool.vm('db').ref, false, false]));
  if (failure !== null) return [`a call did not reach the new coordinator: ${failure}`];
  return scene.pool.vm('db').powerState === 'Running'
    ? []
    : ['a call was lost on its way to the new coordinator'];
}

/** Every member names an address that nobody has confirmed. */
async function namesAStranger(scene: XenScene, prove: boolean): Promise<string[]> {
  scene.pool.promote(1);
  scene.pool.setHostDown(1, true);
  scene.pool.nameCoordinator(STRANGER);
  const members = () => [scene.member(0), scene.member(2)];
  const trusting = () => [scene.member(0), { ...scene.member(2), host: STRANGER, aliases: [STRANGER] }];
  const client = scene.client({ members: prove ? trusting : members });
  const failure = await failureOf(() => client.session());
  const { logins, failedLogins } = scene.pool.stats();
  return [
    ...(failure === null ? ['a pool without a known coordinator was signed in to'] : []),
    ...(logins + failedLogins > 0 ? ['an account was tried where no coordinator was known'] : []),
  ];
}

/** A host that was taken out of the pool answers as one of its own. */
async function leavesAHostBehind(scene: XenScene, prove: boolean): Promise<string[]> {
  const isThisPool = hasPoolUuid(() => (prove ? null : scene.pool.uuid));
  const client = scene.client({ isThisPool });
  await client.session();
  scene.pool.eject(1);
  scene.pool.failOver(2);
  scene.pool.setHostDown(2, true);
  const failure = await failureOf(() => client.call('pool.get_all'));
  return failure === null ? ['a host that left the pool was taken for its coordinator'] : [];
}
