import { describe, expect, it } from 'vitest';
import { offencesIn, WORDS } from './house-rules.ts';

/** In two halves: the rule reads this file too. */
const todo = ['TO', 'DO'].join('');

/** For each rule a piece of code that breaks it, and one close by that does not. */
const CASES: [rule: string, file: string, broken: string, near: { file?: string; text?: string }][] = [
  ['forbidden-name', 'libs/db/src/utils/a.ts', '', { file: 'libs/db/src/utilisation.ts' }],
  ['forbidden-name', 'apps/portal/src/helpers.ts', '', { file: 'apps/portal/src/help.ts' }],
  ['second-index', 'apps/portal/src/ui/index.ts', '', { file: 'libs/db/src/index.ts' }],
  ['export-star', 'libs/db/src/a.ts', "export * from './b.ts'", { text: "export { b } from './b.ts'" }],
  ['export-star', 'libs/db/src/a.ts', "export * as b from './b.ts'", { text: 'export {}' }],
  ['environment', 'libs/db/src/a.ts', 'use(process.env.HOME)', { file: 'apps/ws-relay/src/env.ts' }],
  [
    'empty-catch',
    'libs/db/src/a.ts',
    'try { a() } catch { /* why */ }',
    { text: 'try { a() } catch { return 1 }' },
  ],
  ['empty-catch', 'apps/portal/src/a.ts', 'try { a() } catch {}', { text: 'try { a() } finally {}' }],
  [
    'catch-and-log',
    'libs/db/src/a.ts',
    'try { a() } catch (e) { deps.log.warn({ e }, "x") }',
    { text: 'try { a() } catch (e) { deps.log.warn({ e }, "x"); throw e }' },
  ],
  [
    'direct-network',
    'apps/ws-relay/src/a.ts',
    "import { connect } from 'node:net'",
    { file: 'libs/egress/src/a.ts' },
  ],
  [
    'direct-network',
    'apps/pool-worker/src/a.ts',
    "import http from 'node:http'",
    { text: "import { createServer, type IncomingMessage } from 'node:http'" },
  ],
  [
    'direct-network',
    'libs/xenapi/src/a.ts',
    "import * as tls from 'tls'",
    { text: "import type { TLSSocket } from 'tls'" },
  ],
  [
    'direct-network',
    'apps/portal/src/server/a.ts',
    'await fetch(url)',
    { file: 'apps/portal/src/features/a.ts' },
  ],
  ['raw-sql', 'apps/portal/src/server/a.ts', 'tx.$queryRawUnsafe(text)', { text: 'tx.$queryRaw`SELECT 1`' }],
  ['raw-sql', 'libs/audit/src/a.ts', 'Prisma.raw(text)', { text: 'Prisma.sql`x`' }],
  [
    'tenant-context',
    'apps/ws-relay/src/a.ts',
    `c.query("SELECT set_config('app.tenant_id', $1, true)")`,
    { file: 'libs/db/src/a.ts' },
  ],
  ['focused-test', 'libs/db/src/a.test.ts', 'it.only("x", f)', { text: 'it("x", f)' }],
  ['focused-test', 'libs/db/src/a.test.ts', 'describe.skip("x", f)', { text: 'describe("x", f)' }],
  ['focused-test', 'libs/db/src/a.test.ts', 'it.todo("x")', { text: 'it.each([])("x", f)' }],
  ['focused-test', 'e2e/a.spec.ts', 'test.skip("x", f)', { text: 'test.skip(!hasGuest, "no QEMU here")' }],
  ['todo-without-issue', 'libs/db/src/a.ts', `// ${todo} later`, { text: `// ${todo} (#12) later` }],
  ['server-action', 'apps/portal/src/a.ts', "'use server';", { text: "'use client';" }],
  ['type-assertion', 'libs/db/src/a.ts', 'const id = row as Row', { text: "const id = ['a'] as const" }],
  ['raw-html', 'apps/portal/src/a.tsx', '<p dangerouslySetInnerHTML={x} />', { text: '<p>{x}</p>' }],
];

describe('the house rules', () => {
  it.each(CASES)('%s bites in %s: %s', (rule, file, broken) => {
    expect(offencesIn(file, broken).map((offence) => offence.rule)).toContain(rule);
  });

  it.each(CASES)('%s leaves alone what is beside %s: %s', (rule, file, broken, near) => {
    const found = offencesIn(near.file ?? file, near.text ?? broken);
    expect(found.map((offence) => offence.rule)).not.toContain(rule);
  });

  it('are each proven above', () => {
    expect(Object.keys(WORDS).filter((rule) => !CASES.some(([proven]) => proven === rule))).toEqual([]);
  });
});
