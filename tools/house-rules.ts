// The house rules that no linter carries. Prints what breaks them and ends with 1; tools/house-rules.test.ts proves
// that each bites.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { projectFiles } from './project-files.ts';

export interface Offence {
  file: string;
  line: number;
  rule: string;
}

interface Scope {
  file: string;
  isTest: boolean;
  /** What ships: apps and libs without their tests. */
  isProduct: boolean;
  report(node: ts.Node, rule: string): void;
}

const NO_NAME = /(?:^|\/)(?:utils?|common|shared|helpers?)(?:\/|\.[a-z]+$|$)/i;
/** Tests and what only they lean on, as in .dependency-cruiser.mjs. */
const TEST = /(?:\.(?:test|spec)\.tsx?|\/testing\/[^/]+|\/(?:test|manual|recording)-[a-z-]+\.tsx?)$/;
const NETWORK = /^(?:node:)?(?:net|tls|http|https|http2|dgram|undici)$/;
/** What listens, names a type or reads an address without dialling. */
const HARMLESS = new Set([
  'createServer',
  'STATUS_CODES',
  'isIP',
  'isIPv4',
  'isIPv6',
  'BlockList',
  'SocketAddress',
]);
/** The one door out, and the stand-in that is dialled. */
const MAY_DIAL = /^libs\/(?:egress|fake-xenserver)\//;
const NO_DIAL = /^(?:libs\/|apps\/(?!portal\/)|apps\/portal\/src\/server\/)/;
const ENV_READERS = /^apps\/[^/]+\/src\/(?:env|main)\.ts$/;

/** Everything in one file that breaks a house rule. */
export function offencesIn(file: string, text: string): Offence[] {
  const offences: Offence[] = [];
  if (NO_NAME.test(file)) offences.push({ file, line: 1, rule: 'forbidden-name' });
  if (/\/index\.tsx?$/.test(file) && !/^libs\/[^/]+\/src\/index\.ts$/.test(file))
    offences.push({ file, line: 1, rule: 'second-index' });
  if (!/\.tsx?$/.test(file)) return offences;
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const isTest = TEST.test(file);
  const scope: Scope = {
    file,
    isTest,
    isProduct: /^(?:apps|libs)\//.test(file) && !isTest,
    report: (node, rule) => {
      const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
      offences.push({ file, line, rule });
    },
  };
  const visit = (node: ts.Node): void => {
    for (const check of CHECKS) check(node, scope);
    ts.forEachChild(node, visit);
  };
  visit(source);
  for (const found of text.matchAll(/\/\/.*\bTODO\b(?! ?\(?#\d)/g))
    offences.push({ file, line: text.slice(0, found.index).split('\n').length, rule: 'todo-without-issue' });
  return offences;
}

const CHECKS: ((node: ts.Node, scope: Scope) => void)[] = [
  exportStar,
  environment,
  catches,
  network,
  rawSql,
  tenantContext,
  focusedTests,
  serverActions,
  rawHtml,
  assertions,
];

function exportStar(node: ts.Node, { report }: Scope): void {
  if (!ts.isExportDeclaration(node) || node.moduleSpecifier === undefined) return;
  if (node.exportClause === undefined || ts.isNamespaceExport(node.exportClause)) report(node, 'export-star');
}

/** Libs never read the environment; an app does so in env.ts, called by main.ts. */
function environment(node: ts.Node, { file, isProduct, report }: Scope): void {
  if (!isProduct || ENV_READERS.test(file) || !file.includes('/src/')) return;
  if (!ts.isPropertyAccessExpression(node) || node.getText() !== 'process.env') return;
  // Next replaces this one while it builds: it is no setting.
  if (node.parent.getText() !== 'process.env.NEXT_RUNTIME') report(node, 'environment');
}

function catches(node: ts.Node, { file, isProduct, report }: Scope): void {
  if (!isProduct || !ts.isCatchClause(node)) return;
  const { statements } = node.block;
  if (statements.length === 0) report(node, 'empty-catch');
  else if (file.startsWith('libs/') && statements.every(isLogCall)) report(node, 'catch-and-log');
}

function isLogCall(statement: ts.Statement): boolean {
  const call = ts.isExpressionStatement(statement) ? statement.expression : undefined;
  return (
    call !== undefined &&
    ts.isCallExpression(call) &&
    /\blog(?:ger)?\??\.\w+$/.test(call.expression.getText())
  );
}

/** Every connection goes out through libs/egress (security.md §4). */
function network(node: ts.Node, { file, isProduct, report }: Scope): void {
  if (!isProduct || MAY_DIAL.test(file) || !NO_DIAL.test(file)) return;
  if (ts.isCallExpression(node) && node.expression.getText() === 'fetch') report(node, 'direct-network');
  if (!ts.isImportDeclaration(node) || !ts.isStringLiteral(node.moduleSpecifier)) return;
  if (!NETWORK.test(node.moduleSpecifier.text)) return;
  const clause = node.importClause;
  if (clause?.isTypeOnly === true) return;
  const bindings = clause?.namedBindings;
  const named = bindings !== undefined && ts.isNamedImports(bindings) ? bindings.elements : undefined;
  const isHarmless = named?.every(
    (one) => one.isTypeOnly || HARMLESS.has((one.propertyName ?? one.name).text),
  );
  if (clause?.name !== undefined || isHarmless !== true) report(node, 'direct-network');
}

function rawSql(node: ts.Node, { isProduct, report }: Scope): void {
  if (!isProduct || !ts.isPropertyAccessExpression(node)) return;
  if (/^\$(?:query|execute)RawUnsafe$/.test(node.name.text) || node.getText() === 'Prisma.raw')
    report(node, 'raw-sql');
}

/** The organisation in context is set by withTenant alone (security.md §6). */
function tenantContext(node: ts.Node, { file, isProduct, report }: Scope): void {
  if (!isProduct || file.startsWith('libs/db/')) return;
  const isText =
    ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node);
  if (isText && /app\.tenant_id/.test(node.text)) report(node, 'tenant-context');
}

/** A test that is switched off by name proves nothing; one that asks for its machine's parts may say so. */
function focusedTests(node: ts.Node, { isTest, report }: Scope): void {
  if (!isTest || !ts.isCallExpression(node)) return;
  const called = /^(?:it|test|describe|test\.describe)\.(only|skip|todo|fixme)(?:\.each)?$/.exec(
    node.expression.getText(),
  );
  if (called === null) return;
  const [first] = node.arguments;
  const isNamed = first === undefined || ts.isStringLiteralLike(first) || ts.isArrayLiteralExpression(first);
  if (called[1] === 'only' || isNamed) report(node, 'focused-test');
}

function serverActions(node: ts.Node, { isProduct, report }: Scope): void {
  if (!isProduct || !ts.isExpressionStatement(node) || !ts.isStringLiteral(node.expression)) return;
  if (node.expression.text === 'use server') report(node, 'server-action');
}

function rawHtml(node: ts.Node, { isProduct, report }: Scope): void {
  if (isProduct && ts.isIdentifier(node) && node.text === 'dangerouslySetInnerHTML') report(node, 'raw-html');
}

/** What a value is, is parsed or narrowed, never claimed. */
function assertions(node: ts.Node, { isProduct, report }: Scope): void {
  if (!isProduct || !ts.isAsExpression(node)) return;
  if (node.type.getText() !== 'const') report(node, 'type-assertion');
}

/** What to do about each, for who meets it. */
export const WORDS: Record<string, string> = {
  'forbidden-name': 'a name says what the file holds; utils, common, shared and helpers say nothing',
  'second-index': 'a room has one door, src/index.ts; elsewhere import the file',
  'export-star': 'list the names that leave a file one by one',
  environment: 'the environment is read in env.ts of an app and passed on',
  'empty-catch': 'catch to add meaning, to translate or to end a request',
  'catch-and-log': 'a lib throws with meaning; the app writes the log',
  'direct-network': 'connections go out through @porthole/egress',
  'raw-sql': 'use tagged queries: nothing pasted reaches SQL',
  'tenant-context': 'only withTenant of @porthole/db sets the organisation in context',
  'focused-test': 'a test runs or is removed',
  'todo-without-issue': 'name the issue, or do it',
  'server-action': 'state changes go through tRPC alone',
  'type-assertion': 'parse at the edge (zod) or narrow with a guard; only `as const` claims nothing',
  'raw-html': 'React writes text as text',
};

/** Checks the whole checkout. */
export function houseOffences(root: string): Offence[] {
  const files = projectFiles(root).filter((file) => !file.includes('/generated/'));
  return files.flatMap((file) => offencesIn(file, readFileSync(path.join(root, file), 'utf8')));
}

if (import.meta.filename === process.argv[1]) {
  const offences = houseOffences(path.join(import.meta.dirname, '..'));
  for (const { file, line, rule } of offences) console.error(`${file}:${line}  ${rule}: ${WORDS[rule]}`);
  process.exit(offences.length === 0 ? 0 : 1);
}
