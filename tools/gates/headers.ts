import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import path from 'node:path';
import { safeNext } from '../../apps/portal/src/features/sign-in/safe-next.ts';
import { securityHeaders } from '../../apps/portal/src/server/security-headers.ts';
import { beginSsoInput } from '../../apps/portal/src/server/single-sign-on/begin-sso.ts';
import {
  addPoolRow,
  addVm,
  createFixture,
  emailOf,
  type Fixture,
  ORIGIN,
  PASSWORD,
} from '../../apps/portal/src/server/testing/portal-fixture.ts';
import { PortalProcess } from '../portal/portal-process.ts';
import { rootDir } from '../stack/stack-paths.ts';
import type { Gate, GateResult } from './gate.ts';

/** Answers under way at once: the portal has one thread. */
const AT_ONCE = 4;
const ROUNDS = { full: 5, reduced: 1 };
const NONCE_BYTES = 16;
const APP_DIR = path.join(rootDir, 'apps/portal/src/app');
const PRELOAD = `file://${path.join(import.meta.dirname, 'drop-headers.mjs')}`;
const MOST_BREACHES = 8;

export const gate: Gate = {
  name: 'headers',
  promise:
    'every answer of the portal carries the security headers with a nonce of its own, nothing of a person is stored, and next= leads nowhere else',
  defence: 'each header in turn, the freshness of the nonce, and the rule for next=',
  async run({ full, prove, say }) {
    const fixture = await createFixture();
    const portal = await PortalProcess.start({
      databaseUrl: fixture.portalUrl,
      origin: ORIGIN,
      ...(prove ? { preload: PRELOAD } : {}),
    });
    try {
      const visits = await visitsOf(fixture, portal);
      if (prove) return await proveEach(portal, visits, say);
      const breaches = [...badWays(safeNext), ...badWays(toIssuer)];
      const nonces = new Set<string>();
      const counts = { answers: 0, nonces: 0, addresses: WAYS.length };
      for (let round = 0; round < (full ? ROUNDS.full : ROUNDS.reduced); round += 1) {
        breaches.push(...(await visitAll(portal, visits, nonces)));
        counts.answers += visits.length;
      }
      counts.nonces = nonces.size;
      for (const breach of breaches) say(breach);
      return { breaches: breaches.slice(0, MOST_BREACHES), counts };
    } finally {
      await portal.stop();
      await fixture.end();
    }
  },
};

interface Visit {
  what: string;
  target: string;
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  /** A file of the build: the only thing that browsers may keep. */
  isFile?: boolean;
  /** What it must be, so that nothing passes for what was meant. */
  status?: number;
  /** It does not end by itself. */
  isStream?: boolean;
  /** Next answers it before anything of ours runs: then it has to say nothing and lead nowhere but here. */
  isNexts?: boolean;
}

interface Seen {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** Everything that the portal answers: pages, calls, files, refusals, redirects, and what is no page at all. */
async function visitsOf(fixture: Fixture, portal: PortalProcess): Promise<Visit[]> {
  const poolId = await addPoolRow(fixture);
  const vmId = await addVm(fixture, { name: 'web-01', poolId });
  const json = { origin: ORIGIN, 'content-type': 'application/json' };
  const call = (name: string, input: unknown, cookie = ''): Visit => ({
    what: `a call of ${name}`,
    target: `/api/trpc/${name}`,
    method: 'POST',
    headers: { ...json, cookie },
    body: JSON.stringify({ json: input }),
  });
  const answer = await visit(portal, call('auth.signIn', { email: emailOf('jon'), password: PASSWORD }));
  const cookie = (answer.headers['set-cookie'] ?? '')
    .split('\n')
    .map((line) => line.split(';')[0])
    .join('; ');
  if (answer.status !== 200 || cookie === '') throw new Error(`jon could not sign in: ${answer.status}`);
  const pages = pagesOf(APP_DIR).map((page) =>
    page
      .replace('[org]', 'acme')
      .replace('[seq]', '1')
      .replace('[id]', page.includes('/pools/') ? poolId : vmId)
      .replace(/\[\w+\]/g, randomUUID()),
  );
  const query = (name: string, input: unknown) =>
    `/api/trpc/${name}?input=${encodeURIComponent(JSON.stringify({ json: input }))}`;
  const first = await visit(portal, { what: 'a page', target: '/sign-in' });
  const files = [...first.body.matchAll(/"(\/_next\/static\/[^"\\]+)"/g)].map(([, file = '']) => file);
  if (files.length === 0) throw new Error('the page names no file of the build');
  return [
    ...pages.flatMap((target) => [
      { what: `${target} for nobody`, target },
      { what: `${target} for jon`, target, headers: { cookie } },
    ]),
    ...[...new Set(files)]
      .slice(0, 4)
      .map((target) => ({ what: `the file ${target}`, target, isFile: true, status: 200 })),
    { what: 'a file that is not there', target: '/_next/static/chunks/none.js', status: 404, isFile: true },
    { what: 'what does not exist', target: '/no/such/page', status: 404 },
    { what: 'what does not exist, inside', target: '/o/acme/nothing', headers: { cookie }, status: 404 },
    { what: 'an address that cannot be read', target: '/%E0%A4%A' },
    { what: 'an address with two slashes', target: '//evil.example/', isNexts: true },
    { what: 'an address with a slash too many', target: '/sign-in/', isNexts: true },
    { what: 'a redirect', target: '/', status: 307 },
    { what: 'a page as its own parts', target: '/sign-in?_rsc=1', headers: { rsc: '1', cookie } },
    {
      what: 'a page that claims to be asked already',
      target: '/o/acme/machines',
      headers: {
        'x-middleware-subrequest': 'middleware:middleware:middleware:middleware:middleware',
        cookie,
      },
    },
    { what: 'a page sent to', target: '/sign-in', method: 'POST', body: 'a=b' },
    {
      what: 'an action of a page',
      target: '/sign-in',
      method: 'POST',
      headers: { 'next-action': 'a'.repeat(40) },
      body: '[]',
    },
    { what: 'the head of a page', target: '/sign-in', method: 'HEAD' },
    { what: 'the options of a page', target: '/sign-in', method: 'OPTIONS' },
    { what: 'an image through the server', target: '/_next/image?url=%2Ficon.png&w=64&q=75' },
    { what: 'an image of elsewhere', target: '/_next/image?url=http%3A%2F%2F127.0.0.1%2F&w=64&q=75' },
    { what: 'whether it lives', target: '/api/healthz', status: 204 },
    { what: 'whether it serves', target: '/api/readyz', status: 204 },
    { what: 'an issuer’s way back without a state', target: '/sign-in/single-sign-on?code=x&state=y' },
    { what: 'a call', target: query('auth.me', {}), headers: { cookie }, status: 200 },
    { what: 'a call of nobody', target: query('auth.me', {}), status: 401 },
    {
      what: 'a call for what is another’s',
      target: query('machines.list', { org: 'globex' }),
      headers: { cookie },
      status: 404,
    },
    {
      what: 'a call with nonsense',
      target: query('machines.get', { org: 'acme', id: 'x' }),
      headers: { cookie },
      status: 400,
    },
    { what: 'a call that does not exist', target: query('no.such', {}), headers: { cookie }, status: 404 },
    {
      what: 'ten calls at once',
      target: `/api/trpc/${Array(10).fill('auth.me').join(',')}?batch=1&input=%7B%7D`,
      headers: { cookie },
    },
    {
      what: 'eleven calls at once',
      target: `/api/trpc/${Array(11).fill('auth.me').join(',')}?batch=1&input=%7B%7D`,
      headers: { cookie },
    },
    { ...call('auth.touch', {}, cookie), what: 'a change', status: 200 },
    {
      ...call('auth.touch', {}, cookie),
      what: 'a change from elsewhere',
      headers: { ...json, origin: 'https://evil.example', cookie },
      status: 403,
    },
    { ...call('auth.touch', 'x'.repeat(300_000), cookie), what: 'a body too large', status: 413 },
    { what: 'a method that no call has', target: '/api/trpc/auth.me', method: 'DELETE', headers: { cookie } },
    { ...call('door.look', { link: 'x' }), what: 'the door with a link that is none' },
    { ...call('door.visit', {}), what: 'the door without a visit' },
    {
      ...call('door.visit', {}),
      what: 'the door with a cookie that is none',
      headers: { ...json, cookie: `__Host-porthole-guest=${'a'.repeat(40)}` },
    },
    {
      what: 'what changes',
      target: query('live.changes', { org: 'acme' }),
      headers: { cookie, accept: 'text/event-stream' },
      isStream: true,
      status: 200,
    },
  ];
}

/** Every page that stands in the folder of pages. */
function pagesOf(folder: string, at = ''): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isFile()) return entry.name === 'page.tsx' ? [at || '/'] : [];
    if (!entry.isDirectory()) return [];
    const part = entry.name.startsWith('(') ? '' : `/${entry.name}`;
    return pagesOf(path.join(folder, entry.name), `${at}${part}`);
  });
}

/** By hand: fetch would mend the address, follow, and hide what it does not know. */
function visit(
  portal: PortalProcess,
  { target, method = 'GET', headers = {}, body, isStream }: Visit,
): Promise<Seen> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const { hostname, port } = new URL(portal.url);
    const asked = httpRequest(
      { host: hostname, port, path: target, method, headers: { ...headers, ...length } },
      (reply) => {
        const chunks: Buffer[] = [];
        const end = (): void =>
          resolve({
            status: reply.statusCode ?? 0,
            headers: Object.fromEntries(
              Object.entries(reply.headersDistinct).map(([name, values]) => [
                name,
                (values ?? []).join('\n'),
              ]),
            ),
            body: Buffer.concat(chunks).toString(),
          });
        reply.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          if (isStream === true) {
            end();
            reply.destroy();
          }
        });
        reply.once('end', end);
        reply.once('error', () => undefined);
      },
    );
    asked.once('error', reject);
    asked.end(body);
  });
}

async function visitAll(
  portal: PortalProcess,
  visits: readonly Visit[],
  nonces: Set<string>,
): Promise<string[]> {
  const breaches: string[] = [];
  const waiting = [...visits];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      breaches.push(...judge(next, await visit(portal, next), nonces));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return breaches;
}

function judge({ what, isFile, isNexts, status }: Visit, seen: Seen, nonces: Set<string>): string[] {
  const { headers, body } = seen;
  const say = (why: string) => `${what} (${seen.status}) ${why}`;
  if (isNexts === true) {
    const isHere = new URL(headers.location ?? '/', ORIGIN).origin === ORIGIN;
    return isHere && seen.status === 308 && !body.includes('<')
      ? []
      : [say(`says ${body.slice(0, 80)} and leads to ${headers.location}`)];
  }
  const breaches =
    status === undefined || status === seen.status ? [] : [say(`is not answered with ${status}`)];
  const policy = headers['content-security-policy'] ?? '';
  const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? '';
  const facts = { nonce, origin: ORIGIN, isDevelopment: false };
  const wrong = Object.entries(securityHeaders(facts)).flatMap(([name, value]) =>
    headers[name] === value ? [] : [`${name}: ${headers[name] ?? 'nothing'}`],
  );
  if (wrong.length > 0) breaches.push(say(`has ${wrong.join(', ')}`));
  if (Buffer.from(nonce, 'base64').length !== NONCE_BYTES) breaches.push(say('has no nonce'));
  if (nonces.has(nonce)) breaches.push(say('has the nonce of another answer'));
  nonces.add(nonce);
  const kept = headers['cache-control'] ?? '';
  if (
    isFile === true && seen.status === 200
      ? !kept.includes('immutable')
      : !/(?:^|[ ,])no-store(?:$|,)/.test(kept)
  )
    breaches.push(say(`may be stored: cache-control is ${kept || 'not there'}`));
  if (headers['x-powered-by'] !== undefined) breaches.push(say('says what it runs on'));
  if (headers['access-control-allow-origin'] !== undefined) breaches.push(say('may be read by other sites'));
  const scripts = (headers['content-type'] ?? '').startsWith('text/html')
    ? [...body.matchAll(/<script\b[^>]*>/g)]
    : [];
  if (scripts.some(([tag]) => !tag.includes(`nonce="${nonce}"`)))
    breaches.push(say('has a script without its nonce'));
  return breaches;
}

/** Where next= may say to go, and where it may not: browsers drop tabs and line breaks, and take `\` for `/`. */
const WAYS: readonly (readonly [next: string, isOurs: boolean])[] = [
  ['/o/acme/machines?q=web#a', true],
  ['/o/acme/machines/1/console?kind=text', true],
  ['//evil.example', false],
  ['///evil.example', false],
  ['/\\evil.example', false],
  ['\\\\evil.example', false],
  ['/\t/evil.example', false],
  ['/\n/evil.example', false],
  ['/\r/evil.example', false],
  ['\t//evil.example', false],
  [' //evil.example', false],
  ['/\u0000/evil.example', false],
  ['https://evil.example', false],
  ['https:evil.example', false],
  ['javascript:alert(1)', false],
  ['data:text/html,x', false],
  ['evil.example', false],
  ['@evil.example', false],
  ['', false],
];

type Way = (next: string) => string | null;

/** As the call that begins single sign-on takes it. */
function toIssuer(next: string): string | null {
  const parsed = beginSsoInput.safeParse({ email: 'mira@acme.example', next });
  return parsed.success ? parsed.data.next : null;
}

function badWays(way: Way): string[] {
  return WAYS.flatMap(([next, isOurs]) => {
    const taken = way(next);
    // As the browser reads it, which alone counts.
    const leaves = taken !== null && new URL(taken, ORIGIN).origin !== ORIGIN;
    if (leaves) return [`next=${JSON.stringify(next)} leads to ${new URL(taken, ORIGIN).origin}`];
    return (taken !== null) === isOurs
      ? []
      : [`next=${JSON.stringify(next)} is ${isOurs ? 'refused' : 'taken'}`];
  });
}

/** The rule that stood here once: it knows nothing of what browsers leave out. */
const careless: Way = (next) => (/^\/(?![/\\])/.test(next) ? next : null);

async function proveEach(
  portal: PortalProcess,
  visits: readonly Visit[],
  say: (line: string) => void,
): Promise<GateResult> {
  const some = visits
    .filter(({ what }) => /for jon$|a call$|whether it lives|no\/such/.test(what))
    .slice(0, 6);
  const names = [
    ...Object.keys(securityHeaders({ nonce: '', origin: ORIGIN, isDevelopment: false })),
    'cache-control',
    'nonce',
  ];
  const noticed: string[] = [];
  const whole = await visitAll(portal, some, new Set());
  if (whole.length > 0) return { breaches: [], counts: { sabotages: 0 } };
  for (const name of names) {
    const sabotaged = some.map((one) => ({ ...one, headers: { ...one.headers, 'x-prove-without': name } }));
    const [breach] = await visitAll(portal, sabotaged, new Set());
    say(breach ?? `not noticed: ${name}`);
    if (breach !== undefined) noticed.push(breach);
  }
  const [astray] = badWays(careless);
  if (astray !== undefined) noticed.push(astray);
  const sabotages = names.length + 1;
  return {
    breaches: noticed.length === sabotages ? noticed : [],
    counts: { sabotages, noticed: noticed.length },
  };
}
