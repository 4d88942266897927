import { randomUUID } from 'node:crypto';
import { AppError, NotFoundError } from '@porthole/errors';
import { z } from 'zod';
import { appRouter } from '../../apps/portal/src/server/app-router.ts';
import { authRouter } from '../../apps/portal/src/server/auth/router.ts';
import { inOrg } from '../../apps/portal/src/server/inputs.ts';
import type { Answer } from '../../apps/portal/src/server/testing/browser.ts';
import {
  APART,
  EVERYBODY,
  MATRIX,
  type MatrixStage,
  type Row,
  setMatrixStage,
  type Who,
} from '../../apps/portal/src/server/testing/matrix.ts';
import type { Fixture } from '../../apps/portal/src/server/testing/portal-fixture.ts';
import { publicProcedure, router, tenantProcedure } from '../../apps/portal/src/server/trpc.ts';
import type { Gate, GateResult, GateRun } from './gate.ts';

/** One of each kind of role, for reduced counts: who may hardly anything, who administers, and the provider. */
const FEWER: readonly Who[] = ['mira', 'jon', 'olga'];

export const gate: Gate = {
  name: 'matrix',
  promise:
    'every call does for everybody what their role says, nothing for strangers, and tells nothing of what is another’s',
  defence:
    'that each call asks who it is for; instead calls are added that forget it, or that no row speaks of',
  run,
};

async function run({ full, prove, say }: GateRun): Promise<GateResult> {
  if (prove) return proveEach(say);
  const stage = await setMatrixStage();
  try {
    const breaches = uncovered(Object.keys(appRouter._def.procedures));
    const counts = { calls: Object.keys(MATRIX).length, answers: 0 };
    for (const [index, [path, row]] of Object.entries(MATRIX).entries()) {
      const found = await judgeRow(stage, path, row, full ? EVERYBODY : FEWER);
      breaches.push(...found.breaches);
      counts.answers += found.answers;
      if (index % 25 === 24) say(`${index + 1} calls`);
    }
    return { breaches, counts };
  } finally {
    await stage.end();
  }
}

/** Calls that no row speaks of, and rows of no call. */
function uncovered(procedures: readonly string[]): string[] {
  const covered = new Set([...Object.keys(MATRIX), ...APART]);
  return [
    ...procedures.filter((path) => !covered.has(path)).map((path) => `${path} is not in the matrix`),
    ...[...covered]
      .filter((path) => !procedures.includes(path))
      .map((path) => `the matrix has ${path}, which is no call`),
  ];
}

async function judgeRow(
  stage: MatrixStage,
  path: string,
  row: Row,
  asking: readonly Who[],
): Promise<{ breaches: string[]; answers: number }> {
  const breaches: string[] = [];
  const stranger = await stage.call(stage.stranger(), path, row, 'mira', randomUUID());
  if (stranger.status !== 401 || stranger.error?.data.appCode !== 'auth/signed-out')
    breaches.push(`${path} answers a stranger with ${stranger.status}`);
  for (const who of EVERYBODY) {
    const answer = await ask(stage, path, row, who, 'own');
    const may = row.allowed.includes(who);
    if (may ? answer.error !== null : answer.status !== 403 && answer.status !== 404)
      breaches.push(`${path} answers ${who} with ${answer.status}, who ${may ? 'may' : 'may not'}`);
  }
  if (row.names === null) return { breaches, answers: 1 + EVERYBODY.length };
  // These change nothing, so they need not wait for each other.
  const foreign = await Promise.all(asking.map((who) => judgeForeign(stage, path, row, who)));
  breaches.push(...foreign.flat());
  return { breaches, answers: 1 + EVERYBODY.length + 3 * asking.length };
}

/** What is another's is answered as what does not exist, to the byte. */
async function judgeForeign(stage: MatrixStage, path: string, row: Row, who: Who): Promise<string[]> {
  const foreign = await ask(stage, path, row, who, 'foreign');
  const absent = await ask(stage, path, row, who, 'absent');
  const malformed = await ask(stage, path, row, who, 'malformed');
  const isAlike =
    foreign.status === absent.status && withoutReference(foreign.text) === withoutReference(absent.text);
  return [
    ...(absent.status === 403 || absent.status === 404
      ? []
      : [`${path} answers ${who} about nothing with ${absent.status}`]),
    ...(isAlike ? [] : [`${path} tells ${who} that something is another’s: ${foreign.text}`]),
    ...(malformed.status === 400 ? [] : [`${path} answers ${who} about no id with ${malformed.status}`]),
  ];
}

async function ask(
  stage: MatrixStage,
  path: string,
  row: Row,
  who: Who,
  whose: Parameters<MatrixStage['idOf']>[1],
): Promise<Answer> {
  return stage.call(stage.browserOf(who), path, row, who, await stage.idOf(row.names, whose, who));
}

/** Only 404 has to be alike to the byte; a refusal by role is the same for every id and carries a reference. */
function withoutReference(text: string): string {
  return text.replace(/"reference":"[^"]*"/, '"reference":"…"');
}

const namesVm = { ...inOrg, id: z.uuid() };
const row = (allowed: readonly Who[]): Row => ({
  names: 'vm',
  type: 'query',
  input: (id) => ({ id }),
  allowed,
});

/** Each forgets one thing that a call must not; the row says what was meant. */
const CARELESS: Record<string, { make: (fixtureOf: () => Fixture) => object; row: Row }> = {
  'a stranger is answered': { make: () => publicProcedure.query(() => 'hello'), row: row(EVERYBODY) },
  'nobody’s role is asked': {
    make: (fixtureOf) =>
      tenantProcedure.input(z.strictObject(namesVm)).query(({ ctx, input }) =>
        fixtureOf().db.withTenant(ctx.actor.tenantId, async (tx) => {
          const found = await tx.vm.findFirst({ where: { id: input.id }, select: { name: true } });
          if (found === null) throw new NotFoundError('vm', {});
          return found;
        }),
      ),
    row: row(['jon', 'olga']),
  },
  'the existence of what is another’s is told': {
    make: (fixtureOf) =>
      tenantProcedure.input(z.strictObject(namesVm)).query(async ({ ctx, input }) => {
        const [vm] = await fixtureOf().sql('SELECT tenant_id FROM vm WHERE id = $1', [input.id]);
        if (vm === undefined) throw new NotFoundError('vm', {});
        if (vm.tenant_id !== ctx.actor.tenantId) throw new AppError({ code: 'rbac/forbidden', details: {} });
        return 'yours';
      }),
    row: row(EVERYBODY),
  },
  'the answer about what is another’s differs by a letter': {
    make: (fixtureOf) =>
      tenantProcedure.input(z.strictObject(namesVm)).query(async ({ ctx, input }) => {
        const [vm] = await fixtureOf().sql('SELECT tenant_id FROM vm WHERE id = $1', [input.id]);
        if (vm?.tenant_id === ctx.actor.tenantId) return 'yours';
        throw new NotFoundError(vm === undefined ? 'vm' : 'pool', {});
      }),
    row: row(EVERYBODY),
  },
};

async function proveEach(say: (line: string) => void): Promise<GateResult> {
  const noticed: string[] = [];
  const fixtureOf = (): Fixture => stage.fixture;
  const names = Object.keys(CARELESS).map((_, index) => `call${index}`);
  const careless = Object.fromEntries(
    Object.values(CARELESS).map(({ make }, index) => [names[index], make(fixtureOf)]),
  );
  const stage: MatrixStage = await setMatrixStage(router({ auth: authRouter, careless: router(careless) }));
  try {
    for (const [index, [what, { row: meant }]] of Object.entries(CARELESS).entries()) {
      const { breaches } = await judgeRow(stage, `careless.${names[index]}`, meant, FEWER);
      if (breaches[0] === undefined) say(`not noticed: ${what}`);
      else noticed.push(`${what}: ${breaches[0]}`);
      for (const breach of breaches) say(breach);
    }
  } finally {
    await stage.end();
  }
  const [forgotten] = uncovered([...Object.keys(appRouter._def.procedures), 'careless.call']);
  if (forgotten !== undefined) noticed.push(forgotten);
  const sabotages = Object.keys(CARELESS).length + 1;
  return {
    breaches: noticed.length === sabotages ? noticed : [],
    counts: { sabotages, noticed: noticed.length },
  };
}
