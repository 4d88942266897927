import { once } from 'node:events';
import { createServer, type Server, type TlsOptions } from 'node:tls';
import {
  type ConnectPinned,
  connectPinned,
  type EgressPolicy,
  probeCertificate,
  type TlsPin,
} from '@porthole/egress';
import { openConsoleTunnel, XenApiClient, XenSession, type XenTarget } from '@porthole/xenapi';
import { checkTarget } from '../../libs/egress/src/check-target.ts';
import { makeConnectPinned, trustFor } from '../../libs/egress/src/connect-pinned.ts';
import { openTlsSocket } from '../../libs/egress/src/open-tls.ts';
import { makeTestCertificate, type TestCertificate } from '../../libs/egress/src/test-certificates.ts';
import type { Gate, GateRun } from './gate.ts';

const SESSION = 'OpaqueRef:5ec7e700-0000-0000-0000-000000000001';
const CONSOLE = 'OpaqueRef:c0115073-0000-0000-0000-000000000001';
const ACCOUNT = { username: 'root', password: 'canary-password-5ec7e7', originator: 'gate' };
const HOUR_MS = 3_600_000;
const EXPIRED = { notBefore: new Date(Date.now() - 2 * HOUR_MS), notAfter: new Date(Date.now() - HOUR_MS) };
const NOT_YET = { notBefore: new Date(Date.now() + HOUR_MS), notAfter: new Date(Date.now() + 2 * HOUR_MS) };

/** A TLS server that keeps every byte which a client says after the handshake. */
interface Canary {
  readonly port: number;
  readonly heard: () => number;
  readonly handshakes: () => number;
  show(certificate: TestCertificate): void;
  stop(): Promise<void>;
}

interface Try {
  readonly connect: ConnectPinned;
  readonly policy: EgressPolicy;
  readonly target: XenTarget;
}

/** Every way on which the product meets a host. */
const PATHS: Record<string, (attempt: Try) => Promise<unknown>> = {
  probe: ({ policy, target }) => probeCertificate(policy, { host: target.host, port: target.port }),
  login: (attempt) => withClient(attempt, (client) => XenSession.login(client, ACCOUNT)),
  call: (attempt) => withClient(attempt, (client) => XenSession.resume(client, SESSION).call('pool.get_all')),
  logout: (attempt) => withClient(attempt, (client) => XenSession.resume(client, SESSION).logout()),
  console: ({ connect, policy, target }) =>
    openConsoleTunnel(
      { policy, connect },
      { target, sessionRef: SESSION, consoleRef: CONSOLE, timeouts: { connectMs: 500 } },
    ),
};

export const gate: Gate = {
  name: 'pin',
  promise: 'a host that shows another certificate than its pin is told nothing on any path',
  defence: 'the comparison of the certificate with the pin',
  async run(options) {
    const breaches: string[] = [];
    const counts: Record<string, number> = { tries: 0, handshakes: 0, refused: 0, bytesHeard: 0 };
    const connect = options.prove ? connectBlindly : connectPinned;
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const canary = await startCanary({ minVersion: version, maxVersion: version });
      try {
        for (let round = 0; round < (options.full ? 20 : 1); round += 1) {
          await tryEveryPath({ options, canary, connect, version, breaches, counts });
        }
      } finally {
        counts.handshakes = (counts.handshakes ?? 0) + canary.handshakes();
        await canary.stop();
      }
    }
    if (counts.handshakes === 0) breaches.push('no handshake ever reached the canary: nothing was tried');
    return { breaches: [...new Set(breaches)], counts };
  },
};

async function tryEveryPath(scene: {
  options: GateRun;
  canary: Canary;
  connect: ConnectPinned;
  version: string;
  breaches: string[];
  counts: Record<string, number>;
}): Promise<void> {
  const { canary, connect, version, breaches, counts } = scene;
  const policy = demo(canary.port);
  for (const [pinned, shown, names] of impostors()) {
    const target = { host: '127.0.0.1', port: canary.port, pin: pinOf(pinned) };
    await meetHonestly(canary, pinned, connect, policy, target);
    canary.show(shown);
    for (const [path, take] of Object.entries(PATHS)) {
      const before = canary.heard();
      counts.tries = (counts.tries ?? 0) + 1;
      const outcome = await take({ connect, policy, target }).then(() => 'connected', codeOf);
      await canaryHasHeard(canary.port, policy);
      const heard = canary.heard() - before;
      counts.bytesHeard = (counts.bytesHeard ?? 0) + heard;
      const where = `${path} over ${version}, ${names}`;
      if (heard > 0) breaches.push(`${heard} bytes were said to an impostor: ${where}`);
      if (path === 'probe') continue;
      if (outcome === 'egress/certificate-changed') counts.refused = (counts.refused ?? 0) + 1;
      else breaches.push(`answered with ${outcome}: ${where}`);
    }
  }
}

/** Pinned and shown certificates, in each combination that a check could confuse. */
function impostors(): Array<readonly [pinned: TestCertificate, shown: TestCertificate, names: string]> {
  const name = { commonName: 'xen-1.example.com' };
  return [
    [makeTestCertificate(), makeTestCertificate(), 'any other certificate'],
    [makeTestCertificate(name), makeTestCertificate(name), 'another certificate of the same name'],
    [
      makeTestCertificate(name),
      makeTestCertificate({ ...name, ...EXPIRED }),
      'an expired one for a good pin',
    ],
    [
      makeTestCertificate({ ...name, ...EXPIRED }),
      makeTestCertificate(name),
      'a good one for an expired pin',
    ],
    [makeTestCertificate(EXPIRED), makeTestCertificate(EXPIRED), 'an expired one for an expired pin'],
    [makeTestCertificate(NOT_YET), makeTestCertificate(NOT_YET), 'a future one for a future pin'],
  ];
}

/** First the right host is met, with the keys of resumption that the impostor has, too. */
async function meetHonestly(
  canary: Canary,
  pinned: TestCertificate,
  connect: ConnectPinned,
  policy: EgressPolicy,
  target: XenTarget,
): Promise<void> {
  canary.show(pinned);
  const socket = await connect(policy, target);
  socket.destroy();
}

/** Bytes on their way are heard before this returns: the canary answers connections in order. */
async function canaryHasHeard(port: number, policy: EgressPolicy): Promise<void> {
  await probeCertificate(policy, { host: '127.0.0.1', port });
  await new Promise((resolve) => setImmediate(resolve));
}

async function withClient(attempt: Try, act: (client: XenApiClient) => Promise<unknown>): Promise<unknown> {
  const client = new XenApiClient({ ...attempt, userAgent: 'porthole-gate' });
  try {
    return await act(client);
  } finally {
    client.close();
  }
}

/** The defence switched off: any certificate is as good as the pinned one. */
const connectBlindly: ConnectPinned = makeConnectPinned({
  checkTarget,
  openSocket: openTlsSocket,
  trustFor: (pin) => ({
    secureContext: trustFor(pin).secureContext,
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
    expired: false,
  }),
});

async function startCanary(options: TlsOptions): Promise<Canary> {
  let heard = 0;
  let handshakes = 0;
  const first = makeTestCertificate();
  const server: Server = createServer({ ...options, ...first }, (socket) => {
    handshakes += 1;
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes) => {
      heard += bytes.length;
      socket.destroy();
    });
    socket.on('end', () => socket.destroy());
  });
  // A refusing client resets the connection in the middle of the handshake: that is what is hoped for.
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the canary has no port');
  return {
    port: address.port,
    heard: () => heard,
    handshakes: () => handshakes,
    show: (certificate) =>
      server.setSecureContext({ ...options, cert: certificate.cert, key: certificate.key }),
    async stop() {
      server.close();
      await once(server, 'close');
    },
  };
}

function demo(port: number): EgressPolicy {
  return { allowedCidrs: [], demoEndpoints: [`127.0.0.1:${port}`], ownAddresses: [], allowedPorts: [443] };
}

function pinOf(certificate: TestCertificate): TlsPin {
  return { fingerprint256: certificate.fingerprint256, pem: certificate.cert };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
