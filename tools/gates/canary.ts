import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { decodeBase32IgnorePadding } from '@oslojs/encoding';
import { codeAt, stepOf } from '@porthole/auth';
import { createDb } from '@porthole/db';
import { startFakePool } from '@porthole/fake-xenserver';
import { consoleSocketPath, offeredProtocols } from '@porthole/relay-contract';
import { generateKeyPair, keyRing, openSession, parsePrivateKey } from '@porthole/vault';
import { WebSocket } from 'ws';
import {
  addGrant,
  addPoolRow,
  addVm,
  createFixture,
  emailOf,
  type Fixture,
  ORIGIN,
  PASSWORD,
} from '../../apps/portal/src/server/testing/portal-fixture.ts';
import { createIdentity } from '../../libs/fake-xenserver/src/host/self-signed-certificate.ts';
import { type Mailbox, startMailbox } from '../mailbox/mailbox.ts';
import { PortalProcess } from '../portal/portal-process.ts';
import { freePort } from '../processes/free-port.ts';
import { buildApps } from '../stack/build-apps.ts';
import {
  type ListenedApp,
  ListeningBrowser,
  type Reply,
  startListened,
  until,
  withoutPassword,
} from './canary-scene.ts';
import type { Gate, GateResult, GateRun } from './gate.ts';

export const gate: Gate = {
  name: 'canary',
  promise:
    'no secret stands in a log, a row, an event, an answer, a page, a source map, an environment or a command line',
  defence: 'that each secret is kept to itself; instead one is planted in each of these places',
  run: (options) => (options.prove ? proveEach(options) : searchAfterFlows(options)),
};

/** Where somebody who should not would look. */
interface Place {
  what: string;
  text: string;
}

/** What must be nowhere, by what it is. */
type Canaries = Record<string, string>;

async function searchAfterFlows({ say }: GateRun): Promise<GateResult> {
  const fixture = await createFixture();
  const mailAccount = { user: 'porthole', password: fresh('mail') };
  const identity = createIdentity('localhost', '127.0.0.1');
  const door = { key: identity.keyPem, cert: identity.certPem, ...mailAccount };
  const [built, mailbox] = await Promise.all([buildApps(() => undefined), startMailbox(door)]);
  const relay = generateKeyPair();
  const account = { username: 'root', password: fresh('pool') };
  const fake = await startFakePool({ name: 'Canary', account, operationMs: 20, vms: [{ name: 'seen' }] });
  const portal = await PortalProcess.start({
    databaseUrl: fixture.portalUrl,
    origin: ORIGIN,
    vaultPublicPem: fixture.keys.publicPem,
  });
  const endpoints = fake.hosts.map(({ address, port }) => `${address}:${port}`);
  const apps: ListenedApp[] = [
    { name: 'portal', pid: portal.pid, said: () => portal.said, stop: () => portal.stop() },
    startWorker(fixture, built.worker, relay.publicPem, endpoints),
    startCourier(fixture, built.courier, { port: mailbox.smtpPort, ca: identity.certPem, ...mailAccount }),
  ];
  const replies: Reply[] = [];
  try {
    const relayPort = await freePort();
    apps.push(
      startRelay(fixture, built.relay, { port: relayPort, keyPem: relay.privatePem.reveal(), endpoints }),
    );
    const canaries: Canaries = {
      'the vault’s private key': bodyOf(fixture.keys.privatePem.reveal()),
      'the relay’s private key': bodyOf(relay.privatePem.reveal()),
      'a person’s password': PASSWORD,
      'the pool’s password': account.password,
      'the password of the mail server': mailAccount.password,
      ...Object.fromEntries(
        (['portal', 'relay', 'worker', 'courier'] as const).map((role) => [
          `the database password of the ${role}`,
          withoutPassword(fixture.databaseUrl(role)).password,
        ]),
      ),
    };
    const scene: Scene = { fixture, portal, relayPort, mailbox, replies, canaries };
    await poolFlow(scene, endpoints[0] ?? '', account, relay.privatePem);
    say('the pool is connected');
    const jon = await factorFlow(scene);
    await linkFlows(scene);
    await invitationFlow(scene, jon);
    await lookAround(scene);
    const places = [
      ...replies.map(({ what, text }) => ({ what: `the answer to ${what}`, text })),
      ...placesOfApps(apps),
      ...(await placesOfDatabase(fixture)),
    ];
    return {
      breaches: search(canaries, places),
      counts: { secrets: Object.keys(canaries).length, places: places.length, answers: replies.length },
    };
  } finally {
    await Promise.all(apps.map((app) => app.stop()));
    await Promise.all([mailbox.stop(), fake.stop()]);
    await fixture.end();
  }
}

const fresh = (word: string): string => `canary-${word}-${randomBytes(12).toString('hex')}`;

/** The key itself, without the words around it. */
function bodyOf(pem: string): string {
  return pem.split('\n')[1] ?? pem;
}

function startWorker(
  fixture: Fixture,
  entry: string,
  relayPublicPem: string,
  endpoints: readonly string[],
): ListenedApp {
  const { url, password } = withoutPassword(fixture.databaseUrl('worker'));
  return startListened(
    'worker',
    [entry],
    {
      PORTHOLE_PROFILE: 'demo',
      PORTHOLE_LOG_LEVEL: 'debug',
      PORTHOLE_DATABASE_URL: url,
      PORTHOLE_DEMO_ENDPOINTS: endpoints.join(','),
    },
    {
      PORTHOLE_DATABASE_PASSWORD_FILE: password,
      PORTHOLE_VAULT_KEY_FILE: fixture.keys.privatePem.reveal(),
      PORTHOLE_RELAY_PUBLIC_KEY_FILE: relayPublicPem,
    },
  );
}

function startRelay(
  fixture: Fixture,
  entry: string,
  { port, keyPem, endpoints }: { port: number; keyPem: string; endpoints: readonly string[] },
): ListenedApp {
  const { url, password } = withoutPassword(fixture.databaseUrl('relay'));
  const journal = mkdtempSync(path.join(tmpdir(), 'porthole-journal-'));
  const app = startListened(
    'relay',
    [entry],
    {
      PORTHOLE_PROFILE: 'demo',
      PORTHOLE_LOG_LEVEL: 'debug',
      PORTHOLE_RELAY_ID: 'relay-1',
      PORTHOLE_PORT: String(port),
      PORTHOLE_ORIGIN: ORIGIN,
      PORTHOLE_DATABASE_URL: url,
      PORTHOLE_JOURNAL_DIR: journal,
      PORTHOLE_DRAIN_SECONDS: '0',
      PORTHOLE_DEMO_ENDPOINTS: endpoints.join(','),
    },
    { PORTHOLE_DATABASE_PASSWORD_FILE: password, PORTHOLE_RELAY_KEY_FILE: keyPem },
  );
  return {
    ...app,
    stop: async () => {
      await app.stop();
      rmSync(journal, { recursive: true, force: true });
    },
  };
}

function startCourier(
  fixture: Fixture,
  entry: string,
  smtp: { port: number; ca: string; user: string; password: string },
): ListenedApp {
  const { url, password } = withoutPassword(fixture.databaseUrl('courier'));
  return startListened(
    'courier',
    [entry],
    {
      PORTHOLE_LOG_LEVEL: 'debug',
      PORTHOLE_ORIGIN: ORIGIN,
      PORTHOLE_DATABASE_URL: url,
      PORTHOLE_SMTP_HOST: '127.0.0.1',
      PORTHOLE_SMTP_PORT: String(smtp.port),
      PORTHOLE_SMTP_TLS: 'starttls',
      PORTHOLE_SMTP_USER: smtp.user,
      PORTHOLE_MAIL_FROM: 'Porthole <porthole@localhost>',
    },
    {
      PORTHOLE_DATABASE_PASSWORD_FILE: password,
      PORTHOLE_SMTP_PASSWORD_FILE: smtp.password,
      PORTHOLE_SMTP_CA_FILE: smtp.ca,
    },
  );
}

interface Scene {
  fixture: Fixture;
  portal: PortalProcess;
  relayPort: number;
  mailbox: Mailbox;
  replies: Reply[];
  canaries: Canaries;
}

async function signIn(scene: Scene, name: 'olga' | 'jon'): Promise<ListeningBrowser> {
  const browser = new ListeningBrowser(scene.portal.url, ORIGIN, scene.replies);
  await browser.call('auth.signIn', { email: emailOf(name), password: PASSWORD });
  keepCookies(scene, browser, name);
  return browser;
}

function keepCookies({ canaries }: Scene, browser: ListeningBrowser, whose: string): void {
  for (const [name, value] of browser.cookies) canaries[`the cookie ${name} of ${whose}`] = value;
}

/** A pool is looked at, added, connected, and then given a wrong password, so that its refusal is in the logs too. */
async function poolFlow(
  scene: Scene,
  address: string,
  account: { username: string; password: string },
  relayKey: Parameters<typeof parsePrivateKey>[0],
): Promise<void> {
  const { fixture, canaries } = scene;
  const olga = await signIn(scene, 'olga');
  const org = 'northgate';
  const { probeId } = await olga.call('pools.probe', { org, address });
  const certificate = await until('the certificate of the pool', async () => {
    const found = await olga.ask('pools.probeResult', { org, probeId });
    return found.certificate == null ? null : Object(found.certificate);
  });
  const pin = String(certificate.fingerprint256);
  const { poolId } = await olga.call('pools.add', { org, displayName: 'Canary', address, pin, ...account });
  const db = createDb({ url: fixture.databaseUrl('worker') });
  try {
    const tenantId = fixture.tenants.northgate;
    const [row] = await until('the session of the pool', async () => {
      const rows = await db.withTenant(tenantId, (tx) => tx.hostSession.findMany({ where: { tenantId } }));
      return rows.length === 0 ? null : rows;
    });
    if (row === undefined) throw new TypeError('a row was found');
    const { hostId } = row;
    const session = openSession(keyRing([parsePrivateKey(relayKey)]), row, { tenantId, hostId });
    canaries['the session reference of a host'] = session.sessionRef.reveal();
  } finally {
    await db.close();
  }
  await consoleFlow(scene, olga, poolId);
  const wrong = fresh('wrong-pool');
  canaries['a wrong password of the pool'] = wrong;
  await olga.call('pools.setAccount', { org, id: poolId, username: account.username, password: wrong });
  await until('that the pool refuses', async () => {
    const [row] = await fixture.sql('SELECT state FROM pool WHERE id = $1', [poolId]);
    return row?.state === 'refused' ? true : null;
  });
  for (const [name, input] of [
    ['pools.list', { org }],
    ['pools.get', { org, id: poolId }],
    ['log.list', { org }],
  ] as const)
    await olga.ask(name, input);
  await olga.page(`/o/${org}/pools/${poolId}`);
  await olga.page(`/o/${org}/log`);
}

/** A console through the relay that ships, up to the host: the pass, the binder and the session of the pool go through it. */
async function consoleFlow(
  { fixture, canaries, relayPort }: Scene,
  olga: ListeningBrowser,
  poolId: unknown,
): Promise<void> {
  const vmId = await until('the machine of the pool, and a relay', async () => {
    const [row] = await fixture.sql(
      `SELECT v.id FROM vm v, relay r WHERE v.pool_id = $1 AND v.name = 'seen' AND r.id = 'relay-1'`,
      [poolId],
    );
    return row === undefined ? null : String(row.id);
  });
  const opened = await olga.call(
    'console.open',
    { org: 'northgate', vmId, mode: 'type' },
    { handsOut: true },
  );
  const ticket = String(opened.ticket);
  canaries['the pass of a console that was opened'] = ticket;
  const socket = new WebSocket(
    `ws://127.0.0.1:${relayPort}${consoleSocketPath('relay-1')}`,
    offeredProtocols(ticket),
    {
      origin: ORIGIN,
      headers: { cookie: `__Host-porthole_bind=${olga.cookies.get('__Host-porthole_bind')}` },
      perMessageDeflate: false,
    },
  );
  const faults: string[] = [];
  socket.on('error', (error) => faults.push(error.message));
  socket.on('close', (code) => faults.push(`closed ${code}`));
  try {
    await until('the tunnel to the host', async () => {
      if (faults.length > 0) throw new Error(`the relay let nobody in: ${faults.join(', ')}`);
      const rows = await fixture.sql(`SELECT FROM audit_event WHERE action = 'tunnel.up'`);
      return rows.length === 0 ? null : true;
    });
  } finally {
    socket.terminate();
  }
  await until('the end of the console', async () => {
    const rows = await fixture.sql(`SELECT FROM audit_event WHERE action = 'console.close'`);
    return rows.length === 0 ? null : true;
  });
}

/** A second factor with its seed and codes, and single sign-on with its secret. */
async function factorFlow(scene: Scene): Promise<ListeningBrowser> {
  const { canaries } = scene;
  const jon = await signIn(scene, 'jon');
  const clientSecret = fresh('client');
  canaries['the secret of single sign-on'] = clientSecret;
  const connection = {
    version: 0,
    issuer: 'https://issuer.example',
    clientId: 'porthole',
    use: 'off',
    joining: 'invited',
  };
  await jon.call('singleSignOn.change', { org: 'acme', ...connection, clientSecret });
  await jon.ask('singleSignOn.read', { org: 'acme' });
  const { secret } = await jon.call('auth.beginFactor', { password: PASSWORD }, { handsOut: true });
  canaries['the seed of a second factor'] = String(secret);
  const code = codeAt(decodeBase32IgnorePadding(String(secret)), stepOf(new Date()));
  const { recoveryCodes } = await jon.call('auth.confirmFactor', { code }, { handsOut: true });
  for (const [n, one] of Object.values(Object(recoveryCodes)).entries())
    canaries[`recovery code ${n + 1}`] = String(one);
  keepCookies(scene, jon, 'jon with a factor');
  await jon.ask('auth.factor', {});
  await jon.ask('auth.mySessions', {});
  await jon.page('/account/security');
  return jon;
}

/** Links by mail, a guest with a code and a cookie, a new password, and the pass of a console. */
async function linkFlows(scene: Scene): Promise<void> {
  const { fixture, portal, replies, canaries } = scene;
  const poolId = await addPoolRow(fixture, 'Standing');
  const vmId = await addVm(fixture, { name: 'web-01', poolId, holder: 'northgate' });
  const acmeVm = await addVm(fixture, { name: 'web-02', poolId });
  await addGrant(fixture, { to: 'tom', vmId: acmeVm, role: 'manager' });
  const olga = await signIn(scene, 'olga');
  const org = 'northgate';
  const { ticket } = await olga.call('console.open', { org, vmId, mode: 'type' }, { handsOut: true });
  canaries['the pass of a console'] = String(ticket);
  const nobody = new ListeningBrowser(portal.url, ORIGIN, replies);

  await nobody.call('links.askReset', { email: emailOf('tom') });
  const reset = await linkTo(scene, emailOf('tom'), 'a reset link');
  await nobody.call('links.lookAtReset', { link: reset });
  canaries['a new password'] = fresh('password');
  await nobody.call('links.resetPassword', { link: reset, password: canaries['a new password'] });
  await nobody.call(
    'links.resetPassword',
    { link: reset, password: canaries['a new password'] },
    { mayFail: true },
  );

  const tom = new ListeningBrowser(portal.url, ORIGIN, replies);
  await tom.call('auth.signIn', { email: emailOf('tom'), password: canaries['a new password'] });
  const endsAt = new Date(Date.now() + 3_600_000);
  const guest = {
    name: 'Nina',
    email: 'nina@guest.example',
    can: 'look',
    visits: 'many',
    door: 'open',
    reason: '',
  };
  await tom.call('guests.make', { org: 'acme', vmId: acmeVm, ...guest, endsAt });
  const door = await linkTo(scene, guest.email, 'a guest link');
  const nina = new ListeningBrowser(portal.url, ORIGIN, replies);
  await nina.call('door.look', { link: door });
  await nina.call('door.arrive', { link: door });
  const code = await until('the code of the guest', async () => codeIn(scene, guest.email));
  canaries['the code of a guest'] = code;
  await nina.call('door.prove', { code });
  keepCookies(scene, nina, 'a guest');
  await nina.call('door.visit', {});
  await tom.ask('guests.list', { org: 'acme', vmId: acmeVm });
}

/** Somebody is invited, joins with a password, and changes it; what the organisation can take out of its log is taken out. */
async function invitationFlow(scene: Scene, jon: ListeningBrowser): Promise<void> {
  const { fixture, portal, replies, canaries } = scene;
  const email = 'petra@new.example';
  await jon.call('invitations.send', { org: 'acme', email, role: 'member' });
  const link = await linkTo(scene, email, 'an invitation’s link');
  const petra = new ListeningBrowser(portal.url, ORIGIN, replies);
  await petra.call('links.lookAtInvitation', { link });
  const [first, next] = [fresh('first'), fresh('changed')];
  canaries['a first password'] = first;
  await petra.call('links.acceptAsNew', { link, name: 'Petra', password: first });
  canaries['a changed password'] = next;
  await petra.call('auth.changePassword', { current: fresh('wrong'), next }, { mayFail: true });
  await petra.call('auth.changePassword', { current: first, next });
  keepCookies(scene, petra, 'who was invited');
  await petra.ask('auth.password', {});
  await jon.ask('invitations.list', { org: 'acme' });
  const [machine] = await fixture.sql(`SELECT id FROM vm WHERE name = 'web-02'`);
  await jon.call('access.export', { org: 'acme', about: 'person', id: fixture.people.tom });
  await jon.call('access.export', { org: 'acme', about: 'machine', id: machine?.id });
  const { events } = await jon.ask('log.list', { org: 'acme' });
  if (!Array.isArray(events) || events.length === 0) throw new TypeError('the log was empty');
  for (const { seq } of events.slice(0, 12)) await jon.ask('log.event', { org: 'acme', seq });
  await jon.call('log.verify', { org: 'acme' });
}

async function linkTo({ mailbox, canaries }: Scene, email: string, what: string): Promise<string> {
  const link = await until(what, async () => {
    const mail = mailbox.mails().find(({ to }) => to === email);
    return /#([\w-]{40,})/.exec(mail?.text ?? '')?.[1] ?? null;
  });
  canaries[what] = link;
  return link;
}

function codeIn({ mailbox }: Scene, email: string): string | null {
  for (const { to, text } of mailbox.mails()) {
    const found = to === email ? /\b(\d{4}) ?(\d{4})\b/.exec(text) : null;
    if (found !== null) return `${found[1]}${found[2]}`;
  }
  return null;
}

/** Faults too, and what the build might say about itself. */
async function lookAround(scene: Scene): Promise<void> {
  const { portal, replies } = scene;
  const nobody = new ListeningBrowser(portal.url, ORIGIN, replies);
  await nobody.call('auth.signIn', { email: emailOf('mira'), password: 'wrong' }, { mayFail: true });
  await nobody.call('auth.signIn', { email: { not: '' }, password: PASSWORD }, { mayFail: true });
  const page = await nobody.page('/sign-in');
  const files = [...page.matchAll(/"(\/_next\/static\/[^"\\]+\.js)"/g)].map(([, file = '']) => file);
  for (const file of [...new Set(files)]) {
    await nobody.page(file);
    await nobody.page(`${file}.map`);
  }
  const maps = replies.filter(({ what, text }) => what.endsWith('.map') && text.includes('"mappings"'));
  if (maps.length > 0) throw new Error(`source maps are served: ${maps[0]?.what}`);
  const olga = await signIn(scene, 'olga');
  for (const name of ['people.list', 'invitations.list', 'live.seats', 'machines.list', 'log.list'])
    await olga.ask(name, { org: 'northgate' }, { mayFail: true });
}

/** Logs, environments and command lines of every process, those included that they started. */
function placesOfApps(apps: readonly ListenedApp[]): Place[] {
  return apps.flatMap(({ name, pid, said }) => [
    { what: `the log of the ${name}`, text: said() },
    ...[pid, ...childrenOf(pid)].flatMap((one) => [
      { what: `the environment of the ${name}`, text: readFileSync(`/proc/${one}/environ`, 'utf8') },
      { what: `the command line of the ${name}`, text: readFileSync(`/proc/${one}/cmdline`, 'utf8') },
    ]),
  ]);
}

function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
}

/** Every row of every table as text, the queue's too; sealed columns hold no plain text, so none has to be left out. */
async function placesOfDatabase({ sql }: Fixture): Promise<Place[]> {
  const tables = await sql(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
     WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`,
  );
  const places: Place[] = [];
  for (const { name } of tables) {
    const [found] = await sql(`SELECT coalesce(string_agg(row::text, E'\\n'), '') AS rows FROM ${name} row`);
    const what = name === 'public.audit_event' ? 'the log of an organisation' : `table ${name}`;
    places.push({ what, text: String(found?.rows) });
  }
  return places;
}

/** In plain text, as PostgreSQL shows bytes, and as JSON and mails carry them. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    bytes.toString('hex'),
    bytes.toString('base64').replace(/=+$/, ''),
    encodeURIComponent(secret),
  ];
}

function search(canaries: Canaries, places: readonly Place[]): string[] {
  if (places.some(({ what, text }) => what.startsWith('the environment') && text === ''))
    return ['an environment could not be read: nothing was searched'];
  return Object.entries(canaries).flatMap(([secret, value]) => {
    if (value.length < 8) return [`${secret} is too short to be looked for`];
    // Eight digits stand in many a longer number, and people read them in two halves.
    const code = /^\d+$/.test(value)
      ? new RegExp(`(?<![\\w.])${value.slice(0, 4)} ?${value.slice(4)}(?!\\w)`)
      : null;
    const forms = formsOf(value);
    return places
      .filter(({ text }) => code?.test(text) ?? forms.some((form) => text.includes(form)))
      .map(({ what }) => `${secret} stands in ${what}`);
  });
}

/** One leak in each place, made as a careless program would make it, and then the very same search. */
async function proveEach({ say }: GateRun): Promise<GateResult> {
  const fixture = await createFixture();
  const secret = fresh('planted');
  const careless = startListened(
    'careless',
    ['-e', `console.log(process.env.PASSWORD); setTimeout(() => undefined, 60000)`, secret],
    { PASSWORD: secret },
  );
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(
      request.url === '/page'
        ? `<p>${secret}</p>`
        : JSON.stringify({ result: { data: { json: { secret } } } }),
    );
  });
  const replies: Reply[] = [];
  try {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const browser = new ListeningBrowser(`http://127.0.0.1:${port}`, ORIGIN, replies);
    await browser.page('/page');
    await browser.ask('careless', {});
    await fixture.sql('UPDATE person SET name = $1 WHERE id = $2', [secret, fixture.people.tom]);
    await fixture.sql(
      `INSERT INTO passkey (person_id, credential_id, public_key, sign_count, name, is_synced) VALUES ($1, $2, $2, 0, 'Key', false)`,
      [fixture.people.tom, Buffer.from(secret)],
    );
    await fixture.sql('SELECT audit_write($1, gen_random_uuid(), $2)', [
      fixture.tenants.acme,
      JSON.stringify({ action: 'sign-out', outcome: 'ok', secret }),
    ]);
    await until('the word of the careless program', async () => (careless.said() === '' ? null : true));
    const places = [
      ...replies.map(({ what, text }) => ({ what: `the answer to ${what}`, text })),
      ...placesOfApps([careless]),
      ...(await placesOfDatabase(fixture)),
    ];
    const breaches = search({ 'a planted secret': secret }, places);
    const planted = [
      'the answer to GET /page',
      'the answer to GET /api/trpc/careless',
      'the log of the careless',
      'the environment of the careless',
      'the command line of the careless',
      'table public.person',
      'table public.passkey',
      'the log of an organisation',
    ];
    const missed = planted.filter((what) => !breaches.some((breach) => breach.endsWith(` in ${what}`)));
    for (const what of missed) say(`not noticed: ${what}`);
    return {
      breaches: missed.length === 0 ? breaches : [],
      counts: { planted: planted.length, noticed: planted.length - missed.length },
    };
  } finally {
    await careless.stop();
    server.close();
    await fixture.end();
  }
}
