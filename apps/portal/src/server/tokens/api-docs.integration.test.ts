import { readFileSync } from 'node:fs';
import path from 'node:path';
import superjson from 'superjson';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiDocument } from '../../../../../tools/api-docs/api-document.ts';
import { proceduresOf } from '../../../../../tools/api-docs/procedures-of.ts';
import { examplesIn, readExample } from '../../../../../tools/api-docs/read-example.ts';
import { appRouter } from '../app-router.ts';
import type { Answer } from '../testing/browser.ts';
import { addPoolRow, addVm, createFixture, type Fixture, ORIGIN } from '../testing/portal-fixture.ts';
import { programWith } from '../testing/program.ts';
import { CALLS } from './calls.ts';
import { makeToken } from './make-token.ts';
import { TOKEN_SCOPES } from './token-scopes.ts';

const document = readFileSync(path.join(import.meta.dirname, '../../../../../docs/api.md'), 'utf8');
const procedures = proceduresOf(appRouter);
const examples = examplesIn(document);
const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

let fixture: Fixture;
let web: string;
const tokens: Record<string, string> = {};

beforeAll(async () => {
  fixture = await createFixture();
  web = await addVm(fixture, { name: 'web-01', poolId: await addPoolRow(fixture) });
  for (const name of ['jon', 'olga'] as const) {
    const actor = await fixture.actor(name);
    const input = {
      org: actor.slug,
      name: 'Docs',
      scopes: [...TOKEN_SCOPES],
      endsAt: new Date(Date.now() + 3_600_000),
    };
    tokens[actor.slug] = (await makeToken(fixture.deps, actor, input)).token;
  }
});
afterAll(() => fixture.end());

const exampleOf = (call: string) => examples.get(call) ?? '';

/** Sends what stands in the document, to the handler that the server has. */
function play(text: string): Promise<Answer> {
  const token = tokens[text.includes('northgate') ? 'northgate' : 'acme'] ?? '';
  const { method, url, headers, body } = readExample(text, { PORTHOLE: ORIGIN, PORTHOLE_TOKEN: token });
  expect(headers.authorization).toBe(`Bearer ${token}`);
  const program = programWith(fixture.deps, token);
  program.headers = headers;
  return program.send(`${url.pathname.replace('/api/trpc/', '')}${url.search}`, {
    method,
    ...(body === null ? {} : { body }),
  });
}

describe('docs/api.md', () => {
  it('is what the router is: write it anew with tools/write-api-docs.ts', () => {
    expect(document).toBe(apiDocument(procedures, CALLS));
    expect([...examples.keys()]).toEqual(Object.keys(procedures).sort());
  });

  it.each(Object.keys(procedures))('has an input for %s that its own parser takes', (call) => {
    const { url, body } = readExample(exampleOf(call), { PORTHOLE: ORIGIN, PORTHOLE_TOKEN: 'x' });
    const packed = body ?? url.searchParams.get('input');
    const parser = procedures[call]?.input;
    if (parser === undefined) return expect(packed ?? '{}').toBe('{}');
    expect(parser.safeParse(superjson.parse(packed ?? '{}')).error?.issues).toBeUndefined();
  });

  it.each(Object.keys(procedures).filter((call) => (CALLS[call]?.scope ?? null) !== null))(
    'has a call of %s that the server understands and the scope allows',
    async (call) => {
      const { status, error } = await play(exampleOf(call));
      expect([200, 404]).toContain(status);
      expect(error?.data.appCode ?? '').not.toMatch(/^(?:request|token|auth)\//);
    },
  );

  it('reads the machines as it says', async () => {
    const { data } = await play(exampleOf('machines.list'));
    expect(data).toMatchObject({ total: 1, rows: [{ name: 'web-01' }] });
    expect((await play(exampleOf('machines.get').replaceAll(UUID, web))).data).toMatchObject({
      name: 'web-01',
    });
  });

  it('reboots a machine as it says', async () => {
    const { data } = await play(exampleOf('power.request').replaceAll(UUID, web));
    expect(data).toMatchObject([{ vmName: 'web-01', refusal: null }]);
    const [row] = await fixture.sql('SELECT act, person_name FROM power_operation WHERE vm_id = $1', [web]);
    expect(row).toEqual({ act: 'clean_reboot', person_name: 'jon' });
  });

  it('shares a machine as it says, until a date', async () => {
    // The document's own date will have passed one day.
    const endsAt = new Date(Date.now() + 3_600_000);
    const text = exampleOf('grants.give')
      .replace(/"vmId":"[^"]*"/, `"vmId":"${web}"`)
      .replace(/"kind":"person","id":"[^"]*"/, `"kind":"person","id":"${fixture.people.tom}"`)
      .replace(/"endsAt":"[^"]*"/, `"endsAt":"${endsAt.toISOString()}"`);
    expect((await play(text)).error).toBeNull();
    const [row] = await fixture.sql('SELECT role, ends_at FROM access_grant WHERE person_id = $1', [
      fixture.people.tom,
    ]);
    expect(row).toEqual({ role: 'viewer', ends_at: endsAt });
  });
});
