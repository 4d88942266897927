import { once } from 'node:events';
import { connectPinned } from '@porthole/egress';
import {
  classOfEvent,
  getAllRecords,
  HostIsSlaveError,
  openConsoleTunnel,
  parseXenDate,
  parseXenInt,
  recordSchemas,
  watchEvents,
  XenApiClient,
  type XenPool,
  type XenSession,
  XenTask,
} from '@porthole/xenapi';
import { ACCOUNT, failureOf, type XenScene } from './xen-scene.ts';

/** One trap set live. `ours` is the product's way past it, `careless` the way that most clients take. */
export interface TrapAttack {
  readonly trap: number;
  readonly what: string;
  /** What went wrong, or null. */
  run(scene: XenScene, isCareless: boolean): Promise<string | null>;
}

/** Writes a request by hand and gives the first bytes of the answer. */
async function bareConnect(scene: XenScene, host: number, lines: readonly string[]): Promise<string> {
  const socket = await connectPinned(scene.policy, scene.member(host));
  try {
    socket.write([...lines, '', ''].join('\r\n'));
    return String((await once(socket, 'data'))[0]);
  } finally {
    socket.destroy();
  }
}

function consoleOf(scene: XenScene, vm = 'web', protocol = 'rfb'): string {
  return scene.pool.vm(vm).consoles.find((one) => one.protocol === protocol)?.ref ?? '';
}

async function openConsole(
  scene: XenScene,
  session: XenSession,
  host: number,
  consoleRef: string,
): Promise<string> {
  const { socket, head } = await openConsoleTunnel(
    { policy: scene.policy },
    { target: scene.member(host), sessionRef: session.ref, consoleRef },
  );
  try {
    let greeting = Buffer.from(head).toString('latin1');
    while (greeting.length < 12) greeting += String((await once(socket, 'data'))[0]);
    return greeting;
  } finally {
    socket.destroy();
  }
}

const noWait = () => Promise.resolve();

export const TRAP_ATTACKS: readonly TrapAttack[] = [
  {
    trap: 1,
    what: 'a console of a machine that is not on the coordinator',
    run: async (scene, isCareless) => {
      const session = await scene.client().session();
      const vms = await getAllRecords(session, 'VM', recordSchemas.VM);
      const vm = vms.get([...vms.keys()].find((ref) => ref === scene.pool.vm('elsewhere').ref) ?? fail());
      const resident = scene.pool.hosts.find((host) => host.ref === vm?.resident_on)?.index ?? 0;
      return failureOf(() =>
        openConsole(scene, session, isCareless ? 0 : resident, consoleOf(scene, 'elsewhere')),
      );
    },
  },
  {
    trap: 4,
    what: 'a greeting in the same segment as the head',
    run: async (scene, isCareless) => {
      const session = await scene.client().session();
      scene.pool.consoleFault({ vm: 'web' }, 'greeting-with-head');
      const { socket, head } = await openConsoleTunnel(
        { policy: scene.policy },
        { target: scene.member(0), sessionRef: session.ref, consoleRef: consoleOf(scene) },
      );
      scene.pool.consoleFault({ vm: 'web' }, null);
      socket.destroy();
      const greeting = isCareless ? '' : Buffer.from(head).toString('latin1');
      return greeting.startsWith('RFB 003.') ? null : 'the greeting was lost with the head';
    },
  },
  {
    trap: 8,
    what: 'a session that is not the first cookie',
    run: async (scene, isCareless) => {
      const session = await scene.client().session();
      if (!isCareless) return failureOf(() => openConsole(scene, session, 0, consoleOf(scene)));
      const answer = await bareConnect(scene, 0, [
        `CONNECT /console?ref=${consoleOf(scene)} HTTP/1.0`,
        'Host: 127.0.0.1',
        `Cookie: theme=dark; session_id=${session.ref}`,
      ]);
      return answer.includes(' 200 ') ? null : `answered with ${answer.split('\r\n')[0]}`;
    },
  },
  {
    trap: 9,
    what: 'a space in the path',
    run: async (scene, isCareless) => {
      const session = await scene.client().session();
      const ref = `${consoleOf(scene)} x`;
      if (!isCareless) {
        const failure = await failureOf(() => openConsole(scene, session, 0, ref));
        return failure === 'xenapi/tunnel-bad-reference'
          ? null
          : `a reference with a space was sent: ${failure}`;
      }
      const answer = await bareConnect(scene, 0, [
        `CONNECT /console?ref=${ref} HTTP/1.0`,
        `Cookie: session_id=${session.ref}`,
      ]);
      return `answered with ${answer.split('\r\n')[0]}`;
    },
  },
  {
    trap: 11,
    what: 'a console that migrates between being read and being opened',
    run: async (scene, isCareless) => {
      const session = await scene.client().session();
      const kept = consoleOf(scene);
      scene.pool.migrate('web', 1);
      const failure = await failureOf(() =>
        openConsole(scene, session, 1, isCareless ? kept : consoleOf(scene)),
      );
      scene.pool.migrate('web', 0);
      return failure;
    },
  },
  {
    trap: 14,
    what: 'a reboot that never leaves Running',
    run: async (scene, isCareless) => {
      const session = await scene.client().session();
      const { ref } = scene.pool.vm('web');
      const look = async () => recordSchemas.VM.parse(await session.call('VM.get_record', [ref]));
      const before = await look();
      scene.pool.reboot('web');
      const after = await look();
      const isSeen = isCareless
        ? before.power_state !== after.power_state
        : before.domid !== after.domid && before.consoles.join() !== after.consoles.join();
      return isSeen ? null : 'the reboot was not noticed';
    },
  },
  {
    trap: 16,
    what: 'a leaky script that signs in 400 times',
    run: async (scene, isCareless) => {
      const originator = isCareless ? '' : ACCOUNT.originator;
      const client = scene.client({ credentials: () => ({ ...ACCOUNT, originator }) });
      const session = await client.session();
      const leaky = bareClient(scene);
      for (let at = 0; at < 400; at += 1)
        await leaky.call('session.login_with_password', [ACCOUNT.username, ACCOUNT.password]);
      leaky.close();
      return failureOf(() => session.call('pool.get_all'));
    },
  },
  {
    trap: 17,
    what: 'a poll that the pool holds for as long as it was asked to',
    run: async (scene, isCareless) => {
      const session = await scene.client().session();
      const { token } = await watchEvents(session, { classes: ['pool'], token: '', timeoutS: 0.1 });
      const holdS = 0.4;
      return failureOf(() =>
        isCareless
          ? session.call('event.from', [['pool'], token, holdS], { timeoutMs: (holdS * 1_000) / 2 })
          : watchEvents(session, { classes: ['pool'], token, timeoutS: holdS }),
      );
    },
  },
  {
    trap: 18,
    what: 'events whose classes are in lower case',
    run: async (scene, isCareless) => {
      const session = await scene.client().session();
      const answer = await session.call('event.from', [['VM'], '', 0.1]);
      const { events: list } = membersOf(answer);
      const events = (Array.isArray(list) ? list : []).map((event) => membersOf(event).class);
      const known = events.filter((cls) =>
        isCareless ? cls === 'VM' : typeof cls === 'string' && classOfEvent(cls) === 'VM',
      );
      return events.length > 0 && known.length === events.length
        ? null
        : 'events of machines were not known as such';
    },
  },
  {
    trap: 20,
    what: 'ints that are strings, and dates without hyphens',
    run: async (scene, isCareless) => {
      const session = await scene.client().session();
      const [ref] = [...(await getAllRecords(session, 'VM_metrics', recordSchemas.VM_metrics)).keys()];
      const raw = membersOf(await session.call('VM_metrics.get_record', [ref ?? '']));
      const started = isCareless ? new Date(String(raw.start_time)) : parseXenDate(String(raw.start_time));
      const size = isCareless ? '17179869184' : parseXenInt('17179869184');
      const isRead = started !== null && !Number.isNaN(started.getTime()) && typeof size === 'number';
      return isRead ? null : `not read: ${String(raw.start_time)}`;
    },
  },
  {
    trap: 21,
    what: 'a task whose result is XML',
    run: async (scene, isCareless) => {
      const client = scene.client();
      const task = await XenTask.start(client, 'VM.snapshot', [scene.pool.vm('web').ref, 'gate']);
      const outcome = await task.outcome({ wait: noWait });
      const raw = membersOf(await client.call('task.get_record', [task.ref])).result;
      const result = isCareless ? raw : outcome.kind === 'success' ? outcome.result : null;
      return failureOf(() => client.call('VM.get_record', [result]));
    },
  },
  {
    trap: 27,
    what: 'a member met with the certificate of another',
    run: async (scene, isCareless) => {
      const wrong = { ...scene.member(1), pin: scene.member(0).pin };
      const client = scene.client({ members: () => [wrong] });
      const before = scene.pool.stats().rpcCalls;
      // Careless is a client that takes whatever certificate a host shows for the one that was confirmed.
      if (isCareless) await failureOf(() => scene.client({ members: () => [scene.member(1)] }).session());
      else await failureOf(() => client.session());
      return scene.pool.stats().rpcCalls === before ? null : 'a password was sent to another certificate';
    },
  },
  {
    trap: 28,
    what: 'a member that names a stranger as its coordinator',
    run: async (scene, isCareless) => {
      scene.pool.nameCoordinator('127.0.0.66');
      scene.dialled.length = 0;
      const client: XenPool = scene.client({ members: () => [scene.member(1)] });
      try {
        await client.session();
      } catch (error) {
        if (isCareless && error instanceof HostIsSlaveError) {
          const host = error.masterAddress ?? '';
          await failureOf(() => scene.client({ members: () => [{ ...scene.member(1), host }] }).session());
        }
      }
      scene.pool.nameCoordinator(null);
      const strange = scene.dialled.filter((place) => !place.startsWith('127.0.0.1:'));
      return strange.length === 0 ? null : `${strange[0]} was dialled because a host named it`;
    },
  },
  {
    trap: 30,
    what: 'templates and snapshots among the machines',
    run: async (scene, isCareless) => {
      const session = await scene.client().session();
      const vms = [...(await getAllRecords(session, 'VM', recordSchemas.VM)).values()];
      const shown = vms.filter(
        (vm) => isCareless || !(vm.is_a_template || vm.is_a_snapshot || vm.is_control_domain),
      );
      return shown.some((vm) => vm.name_label === 'golden') ? 'a template is shown as a machine' : null;
    },
  },
];

function bareClient(scene: XenScene): XenApiClient {
  return new XenApiClient({ policy: scene.policy, target: scene.member(0), userAgent: 'a-leaky-script' });
}

/** The members of an object of the wire. */
function membersOf(value: unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(typeof value === 'object' && value !== null ? value : {}));
}

function fail(): never {
  throw new Error('the scene lacks its machine');
}
