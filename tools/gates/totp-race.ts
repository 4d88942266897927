import { decodeBase32IgnorePadding } from '@oslojs/encoding';
import {
  beginApp,
  codeAt,
  confirmApp,
  type FactorKey,
  newFactorKey,
  parseFactorKey,
  proveFactor,
  stepOf,
} from '@porthole/auth';
import { createDb, type Db } from '@porthole/db';
import { codeOf, Secret } from '@porthole/errors';
import { type Stage, setStage } from '../../prisma/test-stage.ts';
import type { Gate, GateResult, GateRun } from './gate.ts';

/** At once for one code: as many as an account may get wrong in a quarter of an hour, so that none is refused for that. */
const TRIES = 5;
const ROUNDS = { full: 500, reduced: 40 };
const STEP_MS = 30_000;

/** What was taken is forgotten again, as where a code is only compared. */
const FORGET = `
CREATE FUNCTION forget_step() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.last_step := 0; RETURN NEW; END';
CREATE TRIGGER forget BEFORE UPDATE ON totp FOR EACH ROW EXECUTE FUNCTION forget_step();
CREATE FUNCTION forget_use() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.used_at := NULL; RETURN NEW; END';
CREATE TRIGGER forget BEFORE UPDATE ON recovery_code FOR EACH ROW EXECUTE FUNCTION forget_use()`;

export const gate: Gate = {
  name: 'totp-race',
  promise:
    'of any number of tries with one code, over two portals at once, exactly one is taken, and none later',
  defence: 'that a taken code is remembered by one conditional UPDATE; instead it is forgotten',
  run,
};

interface Scene {
  portals: readonly Db[];
  personId: string;
  factorKey: FactorKey;
  seed: Uint8Array;
  recoveryCodes: string[];
  now: Date;
}

async function run({ full, prove, say }: GateRun): Promise<GateResult> {
  const stage = await setStage();
  const portals = [0, 1].map(() => createDb({ url: stage.databaseUrl('portal') }));
  const breaches: string[] = [];
  const counts = { rounds: 0, tries: 0, taken: 0, replays: 0 };
  try {
    const scene = await enrol(stage, portals);
    if (prove) await stage.superuser.pool.query(FORGET);
    const rounds = full ? ROUNDS.full : ROUNDS.reduced;
    for (let n = 1; n <= rounds && breaches.length === 0; n += 1) {
      scene.now = new Date(scene.now.getTime() + STEP_MS);
      // Every tenth round with a recovery code, as long as there are some.
      const recovery = n % 10 === 0 ? scene.recoveryCodes.pop() : undefined;
      const kind = recovery === undefined ? 'code' : 'recovery';
      const value = recovery ?? codeAt(scene.seed, stepOf(scene.now));
      const taken = await race(stage, scene, kind, value);
      if (taken !== 1) breaches.push(`round ${n}: ${taken} of ${TRIES} tries with one ${kind} were taken`);
      if (await replayed(stage, scene, kind, value))
        breaches.push(`round ${n}: a used ${kind} was taken again`);
      counts.rounds += 1;
      counts.tries += TRIES;
      counts.taken += taken;
      counts.replays += 1;
      if (n % 100 === 0) say(`${n} rounds`);
    }
    return { breaches, counts };
  } finally {
    await Promise.all(portals.map((portal) => portal.close()));
    await stage.end();
  }
}

async function enrol(stage: Stage, portals: readonly Db[]): Promise<Scene> {
  const { mira, sessions } = stage.world;
  const factorKey = parseFactorKey(newFactorKey().reveal());
  const now = new Date();
  const deps = { db: stage.portal, clock: () => now, factorKey };
  const { secret } = await stage.portal.withoutTenant((tx) =>
    beginApp(tx, deps, { id: mira, email: 'mira@acme.example' }),
  );
  const seed = decodeBase32IgnorePadding(secret);
  const session = { personId: mira, loginSessionId: sessions[mira] ?? '' };
  const code = new Secret(codeAt(seed, stepOf(now)));
  const { recoveryCodes } = await confirmApp(deps, session, code, async () => undefined);
  return { portals, personId: mira, factorKey, seed, recoveryCodes, now };
}

async function race(stage: Stage, scene: Scene, kind: 'code' | 'recovery', value: string): Promise<number> {
  await stage.superuser.pool.query('DELETE FROM rate_counter');
  const tries = Array.from({ length: TRIES }, (_, n) => attempt(scene, n, kind, value));
  return (await Promise.all(tries)).filter((taken) => taken).length;
}

async function replayed(
  stage: Stage,
  scene: Scene,
  kind: 'code' | 'recovery',
  value: string,
): Promise<boolean> {
  await stage.superuser.pool.query('DELETE FROM rate_counter');
  return attempt(scene, 0, kind, value);
}

/** @returns whether it was taken; anything but taken and refused is thrown */
async function attempt(scene: Scene, n: number, kind: 'code' | 'recovery', value: string): Promise<boolean> {
  const { portals, factorKey, personId, now } = scene;
  const db = portals[n % portals.length];
  if (db === undefined) throw new TypeError('two portals');
  const deps = { db, clock: () => now, factorKey };
  try {
    return await proveFactor(deps, personId, { kind, value: new Secret(value) }, async () => true);
  } catch (error) {
    if (codeOf(error) === 'auth/factor-no-match') return false;
    throw error;
  }
}
