import { randomUUID } from 'node:crypto';
import { decodeBase32IgnorePadding } from '@oslojs/encoding';
import {
  beginApp,
  codeAt,
  confirmApp,
  HashGate,
  hashPassword,
  leavePending,
  NoMatchError,
  newFactorKey,
  parseFactorKey,
  stepOf,
} from '@porthole/auth';
import { Secret } from '@porthole/errors';
import { finishMySignIn } from '../../apps/portal/src/server/auth/finish-my-sign-in.ts';
import { signInWithPassword } from '../../apps/portal/src/server/auth/sign-in-with-password.ts';
import { publicErrorOf, toTrpcError } from '../../apps/portal/src/server/translate-error.ts';
import { type Stage, setStage } from '../../prisma/test-stage.ts';
import type { Gate, GateResult, GateRun } from './gate.ts';

const TRIES = { full: 100, reduced: 20 };
/** How much longer one kind of failure may take than another: far below what looking up without hashing makes (tenfold). */
const MAX_RATIO = 1.5;
/** Below this a difference is the machine's, in milliseconds. */
const NOISE_MS = 6;
const PASSWORD = 'correct horse battery';

export const gate: Gate = {
  name: 'enumeration',
  promise: 'who fails to sign in learns nothing of the account or the code, by words, status or time',
  defence: 'the hash that an unknown account takes all the same; instead it is refused at once',
  run,
};

/** What a browser sees of a failure, and how long it took. */
interface Seen {
  answer: string;
  ms: number;
}

async function run({ full, prove }: GateRun): Promise<GateResult> {
  const stage = await setStage();
  const tries = full ? TRIES.full : TRIES.reduced;
  try {
    const scene = await setScene(stage);
    const passwords = {
      unknown: () => passwordTry(scene, `${randomUUID()}@acme.example`, 'wrong', prove),
      wrong: () => passwordTry(scene, 'known@acme.example', 'wrong', false),
      disabled: () => passwordTry(scene, 'gone@acme.example', PASSWORD, false),
      'with a factor': () => passwordTry(scene, 'factor@acme.example', 'wrong', false),
    };
    const codes = {
      wrong: () => codeTry(scene, 'code', '000000'),
      used: () => codeTry(scene, 'code', scene.usedCode),
      malformed: () => codeTry(scene, 'code', 'abc'),
      'unknown recovery': () => codeTry(scene, 'recovery', 'aaaa-aaaa-aaaa-aaaa'),
      'malformed recovery': () => codeTry(scene, 'recovery', 'x'),
    };
    const waiting = {
      forged: () => codeTry({ ...scene, pending: 'a'.repeat(40) }, 'code', '000000'),
      over: () => codeTry({ ...scene, pending: scene.overPending }, 'code', scene.usedCode),
    };
    const breaches = [
      ...(await compare('password', passwords, tries, scene.forget)),
      ...(await compare('code', codes, tries, scene.forget)),
      ...(await compare('waiting sign-in', waiting, tries, scene.forget)),
    ];
    return { breaches, counts: { kinds: 11, tries: tries * 11 } };
  } finally {
    await stage.end();
  }
}

type Scene = Awaited<ReturnType<typeof setScene>>;

async function setScene(stage: Stage) {
  const now = new Date();
  const factorKey = parseFactorKey(newFactorKey().reveal());
  const deps = { db: stage.portal, clock: () => now, gate: new HashGate(), factorKey };
  const passwordHash = await hashPassword(new Secret(PASSWORD));
  const add = async (email: string, disabledAt: Date | null) => {
    const data = { id: randomUUID(), email, name: email, passwordHash, disabledAt };
    await stage.portal.withoutTenant((tx) => tx.person.create({ data, select: { id: true } }));
    return data.id;
  };
  await add('known@acme.example', null);
  await add('gone@acme.example', now);
  const id = await add('factor@acme.example', null);
  const loginSessionId = randomUUID();
  await stage.superuser.pool.query(
    `INSERT INTO login_session (id, digest, binder_hash, person_id, expires_at)
     VALUES ($1, $2, decode(repeat('00', 32), 'hex'), $3, now() + interval '12 hours')`,
    [loginSessionId, loginSessionId, id],
  );
  const { secret } = await stage.portal.withoutTenant((tx) =>
    beginApp(tx, deps, { id, email: 'factor@acme.example' }),
  );
  const usedCode = codeAt(decodeBase32IgnorePadding(secret), stepOf(now));
  await confirmApp(deps, { personId: id, loginSessionId }, new Secret(usedCode), async () => undefined);
  const forget = async () => {
    await stage.superuser.pool.query('DELETE FROM rate_counter');
  };
  const begin = async () => {
    const cookies: string[] = [];
    await signInWithPassword(deps, requestOf(null, cookies), {
      email: 'factor@acme.example',
      password: PASSWORD,
    });
    return /=([^;]+)/.exec(cookies[0] ?? '')?.[1] ?? null;
  };
  const overPending = await begin();
  await leavePending(deps, overPending);
  return { deps, forget, usedCode, pending: await begin(), overPending };
}

function requestOf(pending: string | null, cookies: string[]) {
  return {
    ip: '192.0.2.7',
    userAgent: 'gate',
    bearer: null,
    pending,
    setCookie: (cookie: string) => void cookies.push(cookie),
  };
}

function passwordTry({ deps }: Scene, email: string, password: string, hasty: boolean): Promise<Seen> {
  return seen(async (cookies) => {
    if (hasty) throw new NoMatchError();
    await signInWithPassword(deps, requestOf(null, cookies), { email, password });
  });
}

function codeTry({ deps, pending }: Scene, kind: 'code' | 'recovery', code: string): Promise<Seen> {
  return seen(async (cookies) => {
    await finishMySignIn(deps, requestOf(pending, cookies), { kind, code });
  });
}

async function seen(act: (cookies: string[]) => Promise<void>): Promise<Seen> {
  const cookies: string[] = [];
  const start = performance.now();
  const error: unknown = await act(cookies).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  const ms = performance.now() - start;
  if (error === null) return { answer: 'let in', ms };
  const refused = toTrpcError(error);
  return { answer: JSON.stringify([refused.code, publicErrorOf(refused), cookies]), ms };
}

/** Every kind in turn, so that whatever the machine does in between hits all of them alike. */
async function compare(
  what: string,
  kinds: Record<string, () => Promise<Seen>>,
  tries: number,
  forget: () => Promise<void>,
): Promise<string[]> {
  const times = new Map<string, number[]>();
  const answers = new Map<string, string>();
  for (let n = 0; n <= tries; n += 1)
    for (const [kind, attempt] of Object.entries(kinds)) {
      await forget();
      const { answer, ms } = await attempt();
      answers.set(answer, kind);
      // The first of each warms up.
      if (n > 0) times.set(kind, [...(times.get(kind) ?? []), ms]);
    }
  const quarters = [...times].map(([kind, all]) => [kind, quarterOf(all)] as const);
  const slowest = Math.max(...quarters.map(([, ms]) => ms));
  const fastest = Math.min(...quarters.map(([, ms]) => ms));
  const shown = quarters.map(([kind, ms]) => `${kind} ${ms.toFixed(1)} ms`).join(', ');
  const told = slowest > fastest * MAX_RATIO && slowest - fastest > NOISE_MS;
  return [
    ...(answers.size === 1
      ? []
      : [`${what}: ${answers.size} different answers: ${[...answers.keys()].join(' ')}`]),
    ...(answers.has('let in') ? [`${what}: ${answers.get('let in')} was let in`] : []),
    ...(told ? [`${what}: its time tells: ${shown}`] : []),
  ];
}

/** A quarter of the tries were quicker: what a busy machine adds stands above it. */
function quarterOf(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 4)] ?? 0;
}
