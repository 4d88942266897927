import { once } from 'node:events';
import { createServer, type ListenOptions, type Server } from 'node:net';
import { type ConnectionOptions, connect, createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { type EgressPolicy, parseAddress, type TlsPin } from '@porthole/egress';
import { checkConsoleLocation, openConsoleTunnel, XenApiClient, XenSession } from '@porthole/xenapi';
import { judgeAddress } from '../../libs/egress/src/address-rules.ts';
import { attackAnswers, attackSpellings } from '../../libs/egress/src/attack-spellings.ts';
import { makeCheckTarget } from '../../libs/egress/src/check-target.ts';
import { makeConnectPinned, trustFor } from '../../libs/egress/src/connect-pinned.ts';
import { makeProbeCertificate } from '../../libs/egress/src/probe-certificate.ts';
import { makeTestCertificate } from '../../libs/egress/src/test-certificates.ts';
import type { Gate, GateRun } from './gate.ts';

/** An address that the operator opened; it exists on no machine, so what is dialled for it goes to a listener of ours. */
const OPENED = '10.99.0.1';
const OPENED_RANGE = '10.99.0.0/16';
const SESSION = 'OpaqueRef:00000000-0000-0000-0000-000000000001';

/** Listeners at the addresses that an attacker wants; nobody may ever come. */
interface Canary {
  readonly port: number;
  readonly visits: () => number;
  stop(): Promise<void>;
}

interface Scene {
  readonly run: GateRun;
  readonly canary: Canary;
  readonly pin: TlsPin;
  readonly policy: EgressPolicy;
  readonly probe: ReturnType<typeof makeProbeCertificate>;
  readonly connect: ReturnType<typeof makeConnectPinned>;
  /** Literals that were dialled, in order. */
  readonly dialled: string[];
  readonly breaches: string[];
  readonly counts: Record<string, number>;
}

export const gate: Gate = {
  name: 'ssrf',
  promise:
    'no spelling, no resolver and no answer of a pool leads a connection to an address that is not opened',
  defence: 'the judgement of addresses by their bytes',
  async run(options) {
    const canary = await startCanary();
    try {
      const scene = makeScene(options, canary);
      await trySpellings(scene);
      await tryResolvers(scene);
      await tryRebinding(scene);
      await tryPoolsThatPoint(scene);
      scene.counts.canaryVisits = canary.visits();
      if (canary.visits() > 0) scene.breaches.push(`${canary.visits()} connections reached a canary`);
      return { breaches: [...new Set(scene.breaches)], counts: scene.counts };
    } finally {
      await canary.stop();
    }
  },
};

function makeScene(run: GateRun, canary: Canary): Scene {
  const certificate = makeTestCertificate();
  const dialled: string[] = [];
  const checkTarget = makeCheckTarget(run.prove ? () => null : judgeAddress);
  const openSocket = (options: ConnectionOptions): TLSSocket => {
    dialled.push(options.host ?? '');
    // Whatever is dialled stays on this machine: the canary stands for every address.
    return connect({ ...options, host: '127.0.0.1', port: canary.port });
  };
  return {
    run,
    canary,
    pin: { fingerprint256: certificate.fingerprint256, pem: certificate.cert },
    // The canary's port is open, so that the addresses alone decide.
    policy: {
      allowedCidrs: [OPENED_RANGE],
      demoEndpoints: [],
      ownAddresses: [],
      allowedPorts: [443, canary.port],
    },
    probe: makeProbeCertificate({ checkTarget, openSocket }),
    connect: makeConnectPinned({ checkTarget, trustFor, openSocket }),
    dialled,
    breaches: [],
    counts: { spellings: 0, answers: 0, rebindings: 0, locations: 0, refused: 0 },
  };
}

/** What a person types when a pool is added, and what a host's record may hold. */
async function trySpellings(scene: Scene): Promise<void> {
  const attacks = attackSpellings();
  const ports = scene.run.full ? [443, scene.canary.port] : [scene.canary.port];
  for (const port of ports) {
    for (const { spelling, aims } of attacks) {
      scene.counts.spellings = (scene.counts.spellings ?? 0) + 1;
      await mustRefuse(scene, `${spelling} (${aims}), typed`, async () => {
        const typed = parseAddress(spelling);
        await scene.probe(scene.policy, { host: typed.host, port });
      });
      await mustRefuse(scene, `${spelling} (${aims}), stored`, () =>
        scene.connect(scene.policy, { host: spelling, port, pin: scene.pin }),
      );
    }
  }
  if (attacks.length < 400) scene.breaches.push(`only ${attacks.length} spellings are tried`);
}

/** A harmless name whose answer is not. */
async function tryResolvers(scene: Scene): Promise<void> {
  for (const answers of attackAnswers()) {
    scene.counts.answers = (scene.counts.answers ?? 0) + 1;
    const policy = { ...scene.policy, resolve: async () => answers };
    await mustRefuse(scene, `a name that resolves to ${answers.join(', ')}`, () =>
      scene.connect(policy, { host: 'xen.example.com', port: scene.canary.port, pin: scene.pin }),
    );
  }
}

/** A name that was harmless when it was checked and is not when it is dialled. */
async function tryRebinding(scene: Scene): Promise<void> {
  const rounds = scene.run.full ? 200 : 20;
  for (let round = 0; round < rounds; round += 1) {
    scene.counts.rebindings = (scene.counts.rebindings ?? 0) + 1;
    let asked = 0;
    const resolve = async () => {
      asked += 1;
      return asked === 1 ? [OPENED] : ['127.0.0.1'];
    };
    const target = { host: 'rebind.example.com', port: 443, pin: scene.pin };
    const quiet = scenePassingOpened(scene);
    const policy = { ...scene.policy, resolve };
    await quiet.connect(policy, target).catch(() => undefined);
    if (asked !== 1) scene.breaches.push(`a name was resolved ${asked} times for one connection`);
    const elsewhere = quiet.dialled.filter((ip) => ip !== OPENED);
    if (elsewhere.length > 0) scene.breaches.push(`a checked name was dialled at ${elsewhere.join(', ')}`);
    await mustRefuse(scene, 'a name rebound before the reconnect', () => scene.connect(policy, target));
  }
}

/** As the scene, but the opened address is dialled into nothing instead of at the canary. */
function scenePassingOpened(scene: Scene): Pick<Scene, 'connect' | 'dialled'> {
  const dialled: string[] = [];
  const checkTarget = makeCheckTarget(scene.run.prove ? () => null : judgeAddress);
  const openSocket = (options: ConnectionOptions): TLSSocket => {
    dialled.push(options.host ?? '');
    return connect({ ...options, host: '127.0.0.1', port: 1 });
  };
  return { connect: makeConnectPinned({ checkTarget, trustFor, openSocket }), dialled };
}

/** A pool that is connected rightly and then points elsewhere: by redirect, as a master's address, as a location. */
async function tryPoolsThatPoint(scene: Scene): Promise<void> {
  const { canary } = scene;
  const elsewhere = `127.0.0.1:${canary.port}`;
  for (const location of hostileLocations(elsewhere)) {
    scene.counts.locations = (scene.counts.locations ?? 0) + 1;
    if (checkConsoleLocation(location, ['10.99.0.1', '10.99.0.2']) !== 'rejected') {
      scene.breaches.push(`the location ${location} was not rejected`);
    }
  }
  const before = canary.visits();
  const answers = [
    `HTTP/1.1 302 Found\r\nLocation: https://${elsewhere}/\r\nContent-Length: 0\r\n\r\n`,
    `HTTP/1.1 307 Temporary Redirect\r\nLocation: https://${elsewhere}/jsonrpc\r\nContent-Length: 0\r\n\r\n`,
    jsonAnswer({ jsonrpc: '2.0', id: 1, error: { code: 1, message: 'HOST_IS_SLAVE', data: [elsewhere] } }),
    `HTTP/1.1 200 OK\r\nRefresh: 0; url=https://${elsewhere}/\r\nAlt-Svc: h2="${elsewhere}"\r\nContent-Length: 0\r\n\r\n`,
  ];
  for (const answer of answers) await askHostThatAnswers(scene, answer);
  if (canary.visits() > before) scene.breaches.push('an answer of a pool was followed to another address');
}

async function askHostThatAnswers(scene: Scene, answer: string): Promise<void> {
  const certificate = makeTestCertificate();
  const server = createTlsServer(certificate, (socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('data', () => socket.end(answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = portOf(server);
  const policy = { ...scene.policy, demoEndpoints: [`127.0.0.1:${port}`] };
  const target = {
    host: '127.0.0.1',
    port,
    pin: { fingerprint256: certificate.fingerprint256, pem: certificate.cert },
  };
  const client = new XenApiClient({ policy, target, userAgent: 'porthole-gate' });
  const account = { username: 'root', password: 'canary', originator: 'gate' };
  await XenSession.login(client, account).catch(() => undefined);
  const input = { target, sessionRef: SESSION, consoleRef: SESSION, timeouts: { connectMs: 2_000 } };
  const tunnel = await openConsoleTunnel({ policy }, input).catch(() => null);
  tunnel?.socket.destroy();
  client.close();
  server.close();
}

function hostileLocations(elsewhere: string): string[] {
  const tails = ['/console?uuid=3f1b2c4d-1111-2222-3333-444455556666', `/console?ref=${SESSION}`];
  const hosts = [
    elsewhere,
    '169.254.169.254',
    '[::1]',
    '[::ffff:10.99.0.1]',
    'localhost',
    `10.99.0.1@${elsewhere}`,
    `10.99.0.1:443@${elsewhere}`,
    `${elsewhere}#10.99.0.1`,
    '10.99.0.3',
    '10.99.0.1.evil.example',
    '10.99.0.1:8443',
    '10.99.0.1%2f',
    '10.99.0.1\\',
  ];
  return [
    ...hosts.flatMap((host) => tails.flatMap((tail) => [`https://${host}${tail}`, `http://${host}${tail}`])),
    'https://10.99.0.1/remotecmd?uuid=3f1b2c4d-1111-2222-3333-444455556666',
    'https://10.99.0.1/console/../jsonrpc?uuid=3f1b2c4d-1111-2222-3333-444455556666',
    'gopher://10.99.0.1/console',
    'file:///console',
  ];
}

/** The promise of each try: an error, and nothing dialled. */
async function mustRefuse(scene: Scene, what: string, act: () => Promise<unknown>): Promise<void> {
  const before = scene.dialled.length;
  try {
    await act();
    scene.breaches.push(`connected: ${what}`);
  } catch {
    if (scene.dialled.length === before) scene.counts.refused = (scene.counts.refused ?? 0) + 1;
  }
  if (scene.dialled.length > before) scene.breaches.push(`dialled: ${scene.dialled.at(-1)}`);
}

async function startCanary(): Promise<Canary> {
  let visits = 0;
  const servers: Server[] = [];
  const listen = async (options: ListenOptions) => {
    const server = createServer((socket) => {
      visits += 1;
      socket.destroy();
    });
    server.listen(options);
    await once(server, 'listening');
    servers.push(server);
    return portOf(server);
  };
  const port = await listen({ host: '0.0.0.0', port: 0 });
  // A machine without IPv6 has nothing to guard there.
  await listen({ host: '::', port, ipv6Only: true }).catch(() => undefined);
  return {
    port,
    visits: () => visits,
    async stop() {
      for (const server of servers) {
        server.close();
        await once(server, 'close');
      }
    },
  };
}

function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the listener has no port');
  return address.port;
}

function jsonAnswer(value: unknown): string {
  const body = JSON.stringify(value);
  return `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}
