import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = path.join(import.meta.dirname, '..');

/** One forbidden import for each kind of rule: the file it stands in, what it imports, the rule that must bite. */
const FORBIDDEN = [
  ['apps/portal/src/server/list.ts', '@porthole/xenapi', 'layer-portal'],
  ['apps/portal/src/server/go.ts', '@porthole/egress', 'layer-portal'],
  ['apps/portal/src/server/deps.ts', '@porthole/rfb', 'layer-portal-tests'],
  ['apps/ws-relay/src/a.ts', '../../portal/src/server/list.ts', 'layer-ws-relay'],
  ['apps/ws-relay/src/b.ts', '@porthole/fake-xenserver', 'layer-ws-relay'],
  ['apps/ws-relay/src/c.test.ts', '../../pool-worker/src/d.ts', 'layer-ws-relay-tests'],
  ['apps/pool-worker/src/d.ts', '../../ws-relay/src/a.ts', 'layer-pool-worker'],
  ['apps/courier/src/a.ts', '@porthole/fake-xenserver', 'layer-courier'],
  ['libs/tickets/src/a.ts', '@porthole/audit', 'layer-tickets'],
  ['libs/audit/src/a.ts', '@porthole/egress', 'layer-audit'],
  ['libs/auth/src/a.ts', '@porthole/vault', 'layer-auth'],
  ['libs/authority/src/a.ts', '@porthole/tickets', 'layer-authority'],
  ['libs/vault/src/a.ts', '@porthole/xenapi', 'layer-vault'],
  ['libs/xenapi/src/a.ts', '@porthole/db', 'layer-xenapi'],
  ['libs/doctor/src/a.ts', '@porthole/db', 'layer-doctor'],
  ['libs/check-contract/src/a.ts', '@porthole/doctor', 'layer-check-contract'],
  ['libs/egress/src/a.ts', '@porthole/xenapi', 'layer-egress'],
  ['libs/rfb/src/a.ts', '@porthole/egress', 'layer-rfb'],
  ['libs/db/src/a.ts', '@porthole/auth', 'layer-db'],
  ['libs/errors/src/a.ts', '@porthole/db', 'layer-errors'],
  ['libs/logger/src/a.ts', '@porthole/tickets', 'layer-logger'],
  ['libs/rbac/src/a.ts', '@porthole/authority', 'layer-rbac'],
  ['libs/settings/src/a.ts', '@porthole/db', 'layer-settings'],
  ['libs/relay-contract/src/a.ts', '@porthole/rfb', 'layer-relay-contract'],
  ['libs/fake-xenserver/src/a.ts', '@porthole/errors', 'layer-fake-xenserver'],
  ['e2e/a.spec.ts', '@porthole/auth', 'layer-e2e'],
  ['libs/rbac/src/b.ts', '@porthole/logger', 'runtime-any'],
  ['libs/rfb/src/b.ts', 'node:crypto', 'runtime-any-no-node'],
  ['apps/portal/src/server/deep.ts', '../../../../libs/tickets/src/a.ts', 'public-door'],
  ['libs/tickets/src/b.ts', './index.ts', 'own-door'],
  ['libs/vault/src/b.ts', '../../../tools/a.ts', 'product-without-tools'],
  ['libs/audit/src/b.ts', './test-clock.ts', 'product-without-test-support'],
  ['apps/portal/src/server/session.ts', 'lucia', 'lucia-in-auth-only'],
  ['libs/audit/src/loop-a.ts', './loop-b.ts', 'no-cycles'],
  ['libs/audit/src/lost.ts', './nowhere.ts', 'resolvable'],
] as const;

/** What must stay possible, so that the rules do not merely refuse everything. */
const ALLOWED = [
  ['apps/portal/src/server/open.ts', '@porthole/tickets'],
  ['apps/ws-relay/src/dial.ts', '@porthole/xenapi'],
  ['libs/xenapi/src/dial.ts', '@porthole/egress'],
  ['libs/tickets/src/c.test.ts', '@porthole/fake-xenserver'],
  ['libs/tickets/src/d.test.ts', '../../../tools/a.ts'],
  ['libs/audit/src/test-clock.ts', '@porthole/fake-xenserver'],
  ['apps/portal/src/server/testing/fixture.ts', '../../../../../tools/a.ts'],
  ['e2e/b.spec.ts', '@porthole/fake-xenserver'],
] as const;

let workspace = '';
let violations: { from: string; rule: { name: string } }[] = [];

/** A miniature of this workspace with its real package files, where each forbidden import stands in a file. */
beforeAll(() => {
  workspace = mkdtempSync(path.join(os.tmpdir(), 'porthole-rules-'));
  const write = (file: string, text: string): void => {
    mkdirSync(path.dirname(path.join(workspace, file)), { recursive: true });
    writeFileSync(path.join(workspace, file), text);
  };
  cpSync(path.join(root, '.dependency-cruiser.mjs'), path.join(workspace, '.dependency-cruiser.mjs'));
  mkdirSync(path.join(workspace, 'node_modules/@porthole'), { recursive: true });
  write('node_modules/lucia/package.json', '{ "name": "lucia", "main": "index.js" }');
  write('node_modules/lucia/index.js', '');
  for (const folder of ['apps', 'libs', ''].flatMap(roomsIn)) {
    mkdirSync(path.join(workspace, folder), { recursive: true });
    cpSync(path.join(root, folder, 'package.json'), path.join(workspace, folder, 'package.json'));
    if (!folder.startsWith('libs/')) continue;
    write(`${folder}/src/index.ts`, 'export const door = 1;\n');
    symlinkSync(
      path.join(workspace, folder),
      path.join(workspace, 'node_modules/@porthole', path.basename(folder)),
    );
  }
  write('tools/a.ts', 'export const tool = 1;\n');
  for (const [file, target] of [...FORBIDDEN, ...ALLOWED]) write(file, `import '${target}';\nexport {};\n`);
  write('libs/audit/src/loop-b.ts', "import './loop-a.ts';\n");
  violations = cruise();
});

afterAll(() => rmSync(workspace, { recursive: true, force: true }));

function roomsIn(folder: string): string[] {
  if (folder === '') return ['e2e'];
  return readdirSync(path.join(root, folder))
    .map((name) => `${folder}/${name}`)
    .filter((room) => existsSync(path.join(root, room, 'package.json')));
}

function cruise(): typeof violations {
  const bin = path.join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [
    bin,
    '--config',
    '.dependency-cruiser.mjs',
    '--output-type',
    'json',
    'apps',
    'libs',
    'e2e',
    'tools',
  ];
  const options = { cwd: workspace, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 } as const;
  return JSON.parse(execFileSync(process.execPath, args, options)).summary.violations;
}

describe('the import rules', () => {
  it.each(FORBIDDEN)('refuse %s importing %s (%s)', (file, _target, rule) => {
    const bitten = violations
      .filter((violation) => violation.from === file)
      .map(({ rule: { name } }) => name);
    expect(bitten).toContain(rule);
  });

  it.each(ALLOWED)('let %s import %s', (file) => {
    expect(violations.filter((violation) => violation.from === file)).toEqual([]);
  });

  it('are each proven to bite by a forbidden import above', () => {
    const proven = new Set<string>(FORBIDDEN.map(([, , rule]) => rule));
    const layers = ['apps', 'libs', ''].flatMap(roomsIn).map((room) => `layer-${path.basename(room)}`);
    expect(layers.filter((rule) => !proven.has(rule))).toEqual([]);
  });
});
