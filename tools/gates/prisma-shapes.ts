import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { AnyRouter } from '@trpc/server';
import superjson from 'superjson';
import { z } from 'zod';
import { appRouter } from '../../apps/portal/src/server/app-router.ts';
import { authRouter } from '../../apps/portal/src/server/auth/router.ts';
import { inOrg } from '../../apps/portal/src/server/inputs.ts';
import { type Answer, Browser } from '../../apps/portal/src/server/testing/browser.ts';
import { MATRIX } from '../../apps/portal/src/server/testing/matrix.ts';
import { createFixture, type Fixture } from '../../apps/portal/src/server/testing/portal-fixture.ts';
import { PUBLIC_CALLS } from '../../apps/portal/src/server/testing/public-calls.ts';
import { router, tenantProcedure } from '../../apps/portal/src/server/trpc.ts';
import type { Gate, GateResult, GateRun } from './gate.ts';
import { fieldsOfInput, type InputField, sampleOf, unnamedFieldsOf, withValue } from './input-fields.ts';

/** Of the shapes of a field, how many go through the whole API at reduced counts; its schema always sees all of them. */
const SENT_REDUCED = 2;
const AT_ONCE = 4;
/** More than any text that a person writes here. */
const HUGE = 'A'.repeat(200_000);

export const gate: Gate = {
  name: 'prisma-shapes',
  promise:
    'every field of every call takes what it is for and nothing that could become a filter, refused before any query',
  defence: 'that inputs are strict schemas of scalars; instead calls are added that take more',
  run: (options) => (options.prove ? proveEach(options) : judgeRouter(appRouter, options)),
};

interface Scene {
  fixture: Fixture;
  /** Signed in where the call asks for that. */
  browserOf(path: string): Browser;
  /** What the call under way has begun: transactions inside an organisation, and of any kind. */
  counting: AsyncLocalStorage<{ inTenant: number; any: number }>;
}

/** One call with one thing wrong in it. */
interface Attempt {
  path: string;
  type: string;
  what: string;
  body: string;
  /** The field that its refusal must be about; null: any. */
  field: string | null;
  /** Something was left out that may be: then it must only not be a fault of ours. */
  mayPass: boolean;
}

async function judgeRouter(tried: AnyRouter, { full, say }: GateRun): Promise<GateResult> {
  const fixture = await createFixture();
  try {
    const scene = await setScene(fixture, tried);
    const counts = { calls: 0, fields: 0, shapes: 0, sent: 0 };
    const breaches: string[] = [];
    const attempts: Attempt[] = [];
    for (const [path, procedure] of Object.entries(tried._def.procedures)) {
      const { type, inputs } = definitionOf(procedure);
      const schema = inputs.at(-1);
      if (schema === undefined) continue;
      counts.calls += 1;
      const { fields, untold } = fieldsOfInput(schema);
      breaches.push(...untold.map((what) => `${path} takes ${what}`));
      if (unnamedFieldsOf(schema) !== 'refused') breaches.push(`${path} takes fields that nobody named`);
      const valid = validInput(path, schema, fixture);
      for (const field of fields) {
        const shapes = shapesFor(field);
        counts.fields += 1;
        counts.shapes += shapes.length;
        breaches.push(...taken(path, field, shapes));
        for (const shape of chosen(shapes, counts.fields, full)) {
          // A subscription that is in order goes on for ever.
          if (type === 'subscription' && shape.what === LEFT_OUT) continue;
          attempts.push(attemptOf(path, type, valid, field, shape));
        }
      }
      attempts.push(...wholeAttempts(path, type, valid));
    }
    counts.sent = attempts.length;
    say(`${attempts.length} calls are sent`);
    const work = async (): Promise<void> => {
      for (let next = attempts.shift(); next !== undefined; next = attempts.shift())
        breaches.push(...(await judgeAttempt(scene, next)));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    if ('polluted' in {}) breaches.push('every object of the process was changed');
    return { breaches, counts };
  } finally {
    await fixture.end();
  }
}

async function setScene(fixture: Fixture, tried: AnyRouter): Promise<Scene> {
  const counting: Scene['counting'] = new AsyncLocalStorage();
  const { db } = fixture;
  fixture.deps.db = {
    ping: db.ping,
    withTenant: (tenantId, work) => {
      const count = counting.getStore();
      if (count !== undefined) Object.assign(count, { inTenant: count.inTenant + 1, any: count.any + 1 });
      return db.withTenant(tenantId, work);
    },
    withoutTenant: (work) => {
      const count = counting.getStore();
      if (count !== undefined) count.any += 1;
      return db.withoutTenant(work);
    },
  };
  const olga = new Browser(fixture.deps, '192.0.2.9', tried);
  await olga.signIn('olga');
  const stranger = new Browser(fixture.deps, '192.0.2.10', tried);
  return { fixture, counting, browserOf: (path) => (PUBLIC_CALLS.includes(path) ? stranger : olga) };
}

function definitionOf(procedure: unknown): { type: string; inputs: readonly z.ZodType[] } {
  return Reflect.get(Object(procedure), '_def');
}

/** As the matrix sends it where it does; else whatever has the right types. */
function validInput(path: string, schema: z.ZodType, { people }: Fixture): Record<string, unknown> {
  const row = MATRIX[path];
  const named = row?.input(row.names === 'event' ? 999_999 : randomUUID(), 'olga', people) ?? {};
  const sample = Object(sampleOf(schema));
  return { ...sample, ...('org' in sample ? { org: 'northgate' } : {}), ...named };
}

/** By turns, so that in all every shape goes through the API many times; what may be left out always is. */
function chosen(shapes: readonly Shape[], turn: number, full: boolean): Shape[] {
  const step = full ? 1 : Math.ceil(shapes.length / SENT_REDUCED);
  return shapes.filter(({ what }, at) => what === LEFT_OUT || (at + turn) % step === 0);
}

interface Shape {
  what: string;
  value: unknown;
  /** As JSON alone can say it: own keys that superjson would not write. */
  isRaw?: boolean;
}

const OBJECTS: readonly Shape[] = [
  { what: '{}', value: {} },
  { what: '{not}', value: { not: '' } },
  { what: '{contains}', value: { contains: '' } },
  { what: '{equals: null}', value: { equals: null } },
  { what: '{in}', value: { in: ['x'] } },
  { what: '{__proto__}', value: JSON.parse('{"__proto__":{"not":""}}'), isRaw: true },
  { what: '{constructor}', value: { constructor: { prototype: { polluted: 1 } } }, isRaw: true },
  { what: 'a Map', value: new Map([['not', '']]) },
  { what: 'an Error', value: new Error('x') },
  { what: 'a RegExp', value: /.*/ },
  { what: 'a URL', value: new URL('https://x.example') },
];
const ARRAYS: readonly Shape[] = [
  { what: '[]', value: [] },
  { what: '[x]', value: ['x'] },
  { what: '[{not}]', value: [{ not: '' }] },
  { what: 'a Set', value: new Set(['x']) },
];
const TEXTS: readonly Shape[] = [{ what: 'a huge text', value: HUGE }];
const SCALARS: Record<string, readonly Shape[]> = {
  text: [{ what: 'a text', value: 'x' }],
  number: [
    { what: 'a number', value: 7 },
    { what: 'a bigint', value: 7n },
  ],
  boolean: [{ what: 'true', value: true }],
  date: [{ what: 'a Date', value: new Date() }],
  odd: [
    { what: 'NaN', value: Number.NaN },
    { what: 'Infinity', value: Number.POSITIVE_INFINITY },
  ],
};

/** Everything that a field of this kind must refuse. */
function shapesFor({ kind, isOptional, isNullable }: InputField): Shape[] {
  const but = (...own: string[]) =>
    Object.entries(SCALARS).flatMap(([name, shapes]) => (own.includes(name) ? [] : shapes));
  const wrong: Record<string, readonly Shape[]> = {
    string: [...OBJECTS, ...ARRAYS, ...TEXTS, ...but('text')],
    number: [...OBJECTS, ...ARRAYS, ...TEXTS, ...but('number'), { what: 'a bigint', value: 7n }],
    boolean: [...OBJECTS, ...ARRAYS, ...TEXTS, ...but('boolean')],
    date: [...OBJECTS, ...ARRAYS, ...TEXTS, ...but('date')],
    enum: [...OBJECTS, ...ARRAYS, ...TEXTS, ...but()],
    literal: [...OBJECTS, ...ARRAYS, ...TEXTS, ...but()],
    array: [...OBJECTS, ...TEXTS, ...but()],
    object: [...ARRAYS, ...TEXTS, ...but()],
  };
  return [
    ...(wrong[kind] ?? []),
    ...(isNullable ? [] : [{ what: 'null', value: null }]),
    { what: isOptional ? LEFT_OUT : 'undefined', value: undefined },
  ];
}

const LEFT_OUT = 'undefined where it may be left out';

/** What the field's own schema lets through. */
function taken(path: string, { at, schema }: InputField, shapes: readonly Shape[]): string[] {
  return shapes
    .filter(({ what, value }) => what !== LEFT_OUT && schema.safeParse(value).success)
    .map(({ what }) => `${path} takes ${what} as ${at.join('.')}`);
}

function attemptOf(
  path: string,
  type: string,
  valid: Record<string, unknown>,
  field: InputField,
  { what, value, isRaw }: Shape,
): Attempt {
  const input = withValue(valid, field.at, value);
  return {
    path,
    type,
    what: `${what} as ${field.at.join('.')}`,
    body: JSON.stringify(isRaw === true ? { json: input } : superjson.serialize(input)),
    field: field.at.join('.'),
    mayPass: what === LEFT_OUT,
  };
}

/** The whole input in a wrong shape, hidden behind a prototype, or with a prototype for its address. */
function wholeAttempts(path: string, type: string, valid: Record<string, unknown>): Attempt[] {
  const made = (what: string, body: unknown): Attempt => ({
    path,
    type,
    what,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    field: null,
    mayPass: false,
  });
  const inside = JSON.stringify(superjson.serialize(valid).json);
  return [
    made('a list', { json: [valid] }),
    made('a text', { json: 'x' }),
    made('nothing', { json: null }),
    made('fields behind a prototype', `{"json":{"__proto__":${inside}}}`),
    made('a prototype for an address', {
      json: valid,
      meta: { values: { '__proto__.polluted': ['Date'], 'constructor.prototype.polluted': ['Date'] } },
    }),
  ];
}

async function judgeAttempt(scene: Scene, attempt: Attempt): Promise<string[]> {
  const { path, type, what, body, field, mayPass } = attempt;
  const count = { inTenant: 0, any: 0 };
  const send = (): Promise<Answer> => {
    const browser = scene.browserOf(path);
    return type === 'mutation'
      ? browser.send(path, { method: 'POST', body })
      : browser.send(`${path}?input=${encodeURIComponent(body)}`, { method: 'GET' });
  };
  const answer = await scene.counting.run(count, send);
  const say = (why: string): string[] => [`${path} with ${what} ${why}`];
  if (mayPass) return answer.status < 500 ? [] : say(`fails with ${answer.status}`);
  if (!isUnreadable(answer, type)) return say(`is answered ${answer.status} ${answer.text.slice(0, 120)}`);
  // Who asks is looked up before; nothing of any organisation, and for strangers nothing at all.
  if (count.inTenant > 0) return say('is refused after something of the organisation was read');
  if (PUBLIC_CALLS.includes(path) && count.any > 0) return say('is refused after a query');
  const refused = refusedFields(scene, answer);
  const isMeant =
    field === null ||
    refused.some((name) => `${field}.`.startsWith(`${name}.`) || name.startsWith(`${field}.`));
  return isMeant ? [] : say(`is refused for something else: ${refused.join(' ')}`);
}

/** A subscription has begun by then: its refusal is an event of its stream, and its last. */
function isUnreadable({ status, error, text }: Answer, type: string): boolean {
  if (type === 'subscription' && status === 200)
    return /event: serialized-error\ndata: .*"appCode":"request\/unreadable"/.test(text);
  return status === 400 && error?.data.appCode === 'request/unreadable';
}

/** The fields that the log says were wrong. */
function refusedFields({ fixture }: Scene, { text: said }: Answer): string[] {
  const reference = /"reference":"([^"]+)"/.exec(said)?.[1];
  const line = fixture.lines.findLast((text) => text.includes(String(reference)));
  const fields: unknown = line === undefined ? [] : Object(JSON.parse(line).details).fields;
  return Array.isArray(fields) ? fields.map(String) : [];
}

const named = { org: inOrg.org, id: z.uuid() };

/** Each takes more than it is for, or looks before it refuses. */
const CARELESS: Record<string, object> = {
  'anything as an id': tenantProcedure.input(z.strictObject({ ...named, id: z.any() })).query(() => 'found'),
  'an id or a filter': tenantProcedure
    .input(z.strictObject({ ...named, id: z.union([z.uuid(), z.strictObject({ not: z.string() })]) }))
    .query(() => 'found'),
  'an id made of whatever comes': tenantProcedure
    .input(z.strictObject({ ...named, id: z.coerce.string() }))
    .query(() => 'found'),
  'fields that nobody named': tenantProcedure.input(z.looseObject(named)).query(() => 'found'),
  'a text without an end': tenantProcedure
    .input(z.strictObject({ ...named, q: z.string() }))
    .query(() => 'found'),
  'an id that may be missing, in a filter': tenantProcedure
    .input(z.strictObject({ ...named, id: z.uuid().optional() }))
    .query(({ ctx, input: { id } }) =>
      ctx.deps.db.withTenant(ctx.actor.tenantId, (tx) =>
        tx.vm.findFirst({ where: Object({ id }), select: { name: true } }),
      ),
    ),
  'a look before it refuses': tenantProcedure
    .use(async ({ ctx, next }) => {
      await ctx.deps.db.withTenant(ctx.actor.tenantId, (tx) => tx.team.count());
      return next();
    })
    .input(z.strictObject(named))
    .query(() => 'found'),
  'a list in the place of a text': tenantProcedure
    .input(z.strictObject({ ...named, id: z.array(z.any()).or(z.uuid()) }))
    .query(() => 'found'),
};

async function proveEach(options: GateRun): Promise<GateResult> {
  const entries = Object.entries(CARELESS).map(([, call], index) => [`call${index}`, call] as const);
  const careless = router(Object(Object.fromEntries(entries)));
  // What is right is not in question here, and only signing in is needed.
  const { breaches } = await judgeRouter(router({ auth: authRouter, careless }), options);
  const noticed = Object.keys(CARELESS).flatMap((what, index) => {
    const breach = breaches.find((text) => text.startsWith(`careless.call${index} `));
    options.say(breach ?? `not noticed: ${what}`);
    return breach === undefined ? [] : [`${what}: ${breach}`];
  });
  const sabotages = Object.keys(CARELESS).length;
  return {
    breaches: noticed.length === sabotages ? noticed : [],
    counts: { sabotages, noticed: noticed.length },
  };
}
