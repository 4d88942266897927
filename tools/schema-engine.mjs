#!/usr/bin/env node
// tools/schema-engine.mjs: Prisma's schema engine as WASM behind the JSON-RPC-over-stdio interface of the native binary.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import * as bg from '@prisma/schema-engine-wasm/schema_engine_bg';
import pg from 'pg';

const panic = {
  message: '',
  set_message(m) {
    this.message = m;
  },
};
// Where the WASM module looks for it.
globalThis.PRISMA_WASM_PANIC_REGISTRY = panic;
const wasm = createRequire(import.meta.url)
  .resolve('@prisma/schema-engine-wasm/schema_engine_bg')
  .replace(/\.js$/, '.wasm');
const { instance } = await WebAssembly.instantiate(readFileSync(wasm), { './schema_engine_bg.js': bg });
bg.__wbg_set_wasm(instance.exports);
instance.exports.__wbindgen_start();
const argv = process.argv.slice(2);
const flag = (name) => argv.flatMap((a, i) => (a === name ? [argv[i + 1]] : []));
const url = new URL(JSON.parse(flag('--datasource')[0] ?? '{}').url || process.env.DATABASE_URL);
const conf = (database = decodeURIComponent(url.pathname.slice(1))) => ({
  host: url.hostname,
  port: Number(url.port || 5432),
  user: decodeURIComponent(url.username),
  password: decodeURIComponent(url.password),
  database,
  max: 4,
  ssl: url.searchParams.get('sslmode') === 'require',
});
async function sql(database, text) {
  const c = new pg.Client(conf(database));
  try {
    await c.connect();
    await c.query(text);
  } finally {
    await c.end().catch(() => undefined);
  }
}
const createDatabase = async () => {
  const n = conf().database;
  await sql('postgres', `CREATE DATABASE ${pg.escapeIdentifier(n)}`);
  return { databaseName: n };
};
// adapter-pg 7.10 rejects "char" (oid 18) columns, which the engine reads from the catalog: let them through as Character (6).
function withChar(conn) {
  const proto = Object.getPrototypeOf(Object.getPrototypeOf(conn));
  if (Object.hasOwn(proto, 'chars')) return conn;
  const { queryRaw, performIO } = proto;
  Object.assign(proto, {
    chars: [],
    async performIO(q) {
      const r = await performIO.call(this, q);
      this.chars = r.fields?.map((f) => f.dataTypeID === 18) ?? [];
      for (const f of r.fields ?? []) if (f.dataTypeID === 18) f.dataTypeID = 25;
      return r;
    },
    async queryRaw(q) {
      const r = await queryRaw.call(this, q);
      r.columnTypes = r.columnTypes.map((t, i) => (this.chars[i] ? 6 : t));
      for (const row of r.rows)
        this.chars.forEach((c, i) => {
          if (c && row[i] === '') row[i] = '\0';
        });
      return r;
    },
  });
  // adapter-pg 7.10 cuts scripts at every semicolon, in comments and function bodies too, and hands each piece to any
  // connection of its pool. One query is one implicit transaction on one connection: a migration lands whole or not.
  Object.getPrototypeOf(conn).executeScript = async function (script) {
    await this.client.query(script).catch((error) => this.onError(error));
  };
  return conn;
}
// The adapter's own shadow connection follows connectionString back to the MAIN database and drops before closing: do it here.
const factory = {
  provider: 'postgres',
  adapterName: '@prisma/adapter-pg',
  connect: async () => withChar(await new PrismaPg(conf()).connect()),
  async connectToShadowDb() {
    const name = `prisma_migrate_shadow_db_${crypto.randomUUID()}`;
    await sql('postgres', `CREATE DATABASE "${name}"`);
    const conn = withChar(await new PrismaPg(conf(name)).connect());
    const dispose = conn.dispose.bind(conn);
    conn.dispose = async () => {
      await dispose();
      await sql('postgres', `DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
    };
    return conn;
  },
};
const CODE = { '3D000': 'P1003', '28P01': 'P1000', 28000: 'P1010', '42P04': 'P1009' };
const fail = (message, error_code, rc) => {
  process.stderr.write(
    `\n${JSON.stringify({ level: 'ERROR', target: 'schema_engine::logger', fields: { message, error_code } })}\n`,
  );
  process.exit(rc);
};

const cli = argv.indexOf('cli');
if (cli >= 0) {
  await (argv[cli + 1] === 'create-database' ? createDatabase() : sql(undefined, 'SELECT 1')).catch((e) =>
    fail(e.message || e.code, CODE[e.code] ?? 'P1001', 1),
  );
  process.exit(0);
}
let engine;
const files = flag('--datamodels').map((p) => [p, readFileSync(p, 'utf8')]);
const start = () =>
  (engine ??= bg.SchemaEngine.new(
    { datamodels: files.length ? files : undefined },
    () => undefined,
    bindMigrationAwareSqlAdapterFactory(factory),
  ));
const send = (m) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...m })}\n`);
const error = (id, e) =>
  send({
    id,
    error: {
      code: 4466,
      message: e.message,
      data: { is_panic: false, message: e.message, meta: e.meta, error_code: e.code },
    },
  });
let current;
process.on('uncaughtException', (e) => {
  error(current, new Error(panic.message || String(e)));
  process.exitCode = 1;
}); // a WASM panic must not end in silence
async function handle({ id, method, params }) {
  if (!method) return; // the CLI's answer to our own print
  current = id;
  try {
    const result =
      method === 'createDatabase'
        ? await createDatabase()
        : method === 'getDatabaseVersion'
          ? await (await start()).version()
          : await (await start())[method](params ?? {});
    if (method === 'diff' && result?.stdout)
      send({ id: 0, method: 'print', params: { content: result.stdout } });
    send({ id, result: result ?? null });
  } catch (e) {
    error(id, e);
  }
}
let queue = Promise.resolve();
createInterface({ input: process.stdin })
  .on('line', (l) => {
    queue = queue.then(() => handle(JSON.parse(l)));
  })
  .on('close', () => queue.finally(() => process.exit(0)));
