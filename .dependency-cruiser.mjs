// Who may import whom (docs: CONTRIBUTING.md, "Rooms"). The rules are made from the tags in each package.json, so a new
// room is under them from its first file. tools/import-rules.test.ts proves that each of them bites.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = import.meta.dirname;
/** Tests, and what only they lean on: files named test-…, manual-…, recording-…, and folders named testing. */
const TEST_SUPPORT = '/(?:testing/[^/]+|(?:test|manual|recording)-[a-z-]+\\.tsx?)$';
const TESTS = `(?:\\.test\\.tsx?$|${TEST_SUPPORT})`;

/** What each layer may import beside itself; nothing that is not named. */
const MAY_IMPORT = {
  app: ['service', 'wire', 'data', 'core'],
  service: ['data', 'core'],
  wire: ['core'],
  data: ['core'],
  core: ['core'],
  testing: [],
  e2e: ['testing', 'data', 'core'],
};
/** The steps between rooms of a layer: XenAPI goes out through the door, and a check walks over both. */
const ALSO = {
  '@porthole/xenapi': ['@porthole/egress'],
  '@porthole/doctor': ['@porthole/egress', '@porthole/xenapi'],
};
/** The portal knows no wire but the door out, and that in one file (architecture §6). */
const PORTAL = '@porthole/portal';
const PORTAL_DOOR = '^apps/portal/src/server/deps\\.ts$';

const rooms = ['apps', 'libs', '.']
  .flatMap((folder) =>
    folder === '.' ? ['e2e'] : readdirSync(path.join(root, folder)).map((name) => `${folder}/${name}`),
  )
  .filter((folder) => existsSync(path.join(root, folder, 'package.json')))
  .map((folder) => {
    const { name, nx } = JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8'));
    const tag = (kind) => nx?.tags?.find((one) => one.startsWith(`${kind}:`))?.slice(kind.length + 1);
    return { name, folder, layer: tag('layer'), runtime: tag('runtime') };
  });

const inRoom = ({ folder }) => `^${folder}/`;
const anyRoom = '^(?:apps|libs|e2e)/';

function layerRules(room) {
  const layers = MAY_IMPORT[room.layer];
  if (layers === undefined) throw new Error(`${room.folder}/package.json has no known layer tag`);
  const isAllowed = (other) =>
    other.name === room.name ||
    (layers.includes(other.layer) && !(room.name === PORTAL && other.layer === 'wire')) ||
    ALSO[room.name]?.includes(other.name) === true;
  const allowed = rooms.filter(isAllowed).map(inRoom);
  const testing = rooms.filter((other) => other.layer === 'testing').map(inRoom);
  const egress = rooms.filter((other) => other.name === '@porthole/egress').map(inRoom);
  const isPortal = room.name === PORTAL;
  return [
    {
      name: `layer-${room.name.slice('@porthole/'.length)}`,
      comment: `${room.name} (layer ${room.layer}) may import: ${layers.join(', ') || 'nothing of ours'}`,
      severity: 'error',
      from: { path: inRoom(room), pathNot: isPortal ? [TESTS, PORTAL_DOOR] : [TESTS] },
      to: { path: anyRoom, pathNot: allowed },
    },
    {
      name: `layer-${room.name.slice('@porthole/'.length)}-tests`,
      comment: 'tests may import the testing layer as well',
      severity: 'error',
      from: { path: isPortal ? [`${inRoom(room)}.*${TESTS}`, PORTAL_DOOR] : `${inRoom(room)}.*${TESTS}` },
      to: { path: anyRoom, pathNot: [...allowed, ...testing, ...(isPortal ? egress : [])] },
    },
  ];
}

const anywhere = rooms.filter((room) => room.runtime === 'any');

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...rooms.flatMap(layerRules),
    {
      name: 'runtime-any',
      comment: 'a room that also runs in a browser imports only rooms that do',
      severity: 'error',
      from: { path: anywhere.map(inRoom), pathNot: [TESTS] },
      to: { path: anyRoom, pathNot: anywhere.map(inRoom) },
    },
    {
      name: 'runtime-any-no-node',
      comment: 'a room that also runs in a browser uses nothing of Node',
      severity: 'error',
      from: { path: anywhere.map(inRoom), pathNot: [TESTS] },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'public-door',
      comment: 'another room is entered through its src/index.ts',
      severity: 'error',
      from: { path: '^(apps/[^/]+|libs/[^/]+|e2e)/' },
      to: { path: '^libs/[^/]+/', pathNot: ['^$1/', '^libs/[^/]+/src/index\\.ts$'] },
    },
    {
      name: 'own-door',
      comment: 'inside a room import the file, not the room’s own index',
      severity: 'error',
      from: { path: '^(libs/[^/]+)/' },
      to: { path: '^$1/src/index\\.ts$' },
    },
    {
      name: 'product-without-tools',
      comment: 'what ships does not lean on what builds and tests it',
      severity: 'error',
      from: { path: '^(?:apps|libs)/', pathNot: [TESTS] },
      to: { path: '^(?:tools|bench|prisma|e2e)/' },
    },
    {
      name: 'product-without-test-support',
      comment: 'what ships does not lean on what only tests need',
      severity: 'error',
      from: { path: '^(?:apps|libs)/', pathNot: [TESTS] },
      to: { path: `^(?:apps|libs)/.*${TEST_SUPPORT}` },
    },
    {
      name: 'lucia-in-auth-only',
      comment: 'the session library is frozen upstream and stays replaceable (architecture §6)',
      severity: 'error',
      from: { pathNot: ['^libs/auth/', '^node_modules/'] },
      to: { path: '(?:^|/)node_modules/lucia/' },
    },
    {
      name: 'no-cycles',
      comment: 'files that need each other are one file, or three',
      severity: 'error',
      from: { pathNot: '/generated/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      comment: 'what is imported exists',
      severity: 'error',
      from: { path: '^(?:apps|libs|e2e|tools)/' },
      to: { couldNotResolve: true, pathNot: ['\\.css$', '^(?:lucia|node:.*)$'] },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '/generated/'] },
    exclude: { path: ['/\\.next/', '/dist/', '^reports/'] },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'require', 'types'],
      extensions: ['.ts', '.tsx', '.mts', '.mjs', '.js', '.d.ts', '.json'],
    },
  },
};
