import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isAlive } from '../processes/is-alive.ts';
import { PlainError } from '../processes/plain-error.ts';
import { type PostgresOptions, startPostgres } from './embedded-postgres.ts';
import { reachableDataDir } from './postgres-binaries.ts';
import { withClient } from './prepare-database.ts';

const home = mkdtempSync(path.join(os.tmpdir(), 'porthole-pg-'));
// As root the server runs under another account, which must be able to pass.
chmodSync(home, 0o711);
const folders = [home];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder of its own; where nobody else may enter it (as below a root home), the data goes elsewhere. */
function optionsFor(name: string): PostgresOptions {
  const dataDir = path.join(home, name, 'data');
  folders.push(reachableDataDir(dataDir));
  return { dataDir, passwordFile: path.join(home, name, 'password'), fsync: false };
}

async function one(url: string): Promise<unknown> {
  return await withClient(url, async (client) => (await client.query('SELECT 1 AS one')).rows[0]?.one);
}

describe('the embedded PostgreSQL', () => {
  it('asks for a password, kept in a file of our own, and keeps its data over a restart', async () => {
    const options = optionsFor('keeps');
    const first = await startPostgres(options);
    await withClient(first.superuserUrl, (client) => client.query('CREATE TABLE kept AS SELECT 7 AS n'));
    expect(statSync(options.passwordFile).mode & 0o777).toBe(0o600);
    const wrong = new URL(first.superuserUrl);
    wrong.password = 'guess';
    await expect(one(wrong.href)).rejects.toMatchObject({ code: '28P01' });
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);

    const second = await startPostgres(options);
    const kept = await withClient(
      second.superuserUrl,
      async (client) => (await client.query('SELECT n FROM kept')).rows,
    );
    await second.stop();
    expect(kept).toEqual([{ n: 7 }]);
  });

  it('takes over data on which a killed run left a server behind', async () => {
    const options = optionsFor('killed');
    const starter = `
      import { startPostgres } from ${JSON.stringify(path.join(import.meta.dirname, 'embedded-postgres.ts'))};
      const { pid } = await startPostgres(${JSON.stringify(options)});
      process.stdout.write(String(pid) + '\\n');
      process.kill(process.pid, 'SIGKILL');`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', starter]);
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
    });
    await new Promise((resolve) => child.once('close', resolve));
    const orphan = Number(said);
    expect(isAlive(orphan)).toBe(true);

    const running = await startPostgres(options);
    expect(isAlive(orphan)).toBe(false);
    expect(await one(running.superuserUrl)).toBe(1);
    await running.stop();
  });

  it('is not misled by a postmaster.pid whose number belongs to somebody else now', async () => {
    const options = optionsFor('stranger');
    const first = await startPostgres(options);
    await first.stop();
    writeFileSync(path.join(first.dataDir, 'postmaster.pid'), `${process.pid}\n`);
    const second = await startPostgres(options);
    expect(await one(second.superuserUrl)).toBe(1);
    await second.stop();
  });

  it.each([
    ['an unreadable PG_VERSION', (dataDir: string) => rmSync(path.join(dataDir, 'PG_VERSION')), /PG_VERSION/],
    [
      'another major version',
      (dataDir: string) => writeFileSync(path.join(dataDir, 'PG_VERSION'), '14\n'),
      /PostgreSQL 14/,
    ],
    [
      'a control file cut short',
      (dataDir: string) => writeFileSync(path.join(dataDir, 'global/pg_control'), ''),
      /did not start/,
    ],
  ])('answers data with %s by a sentence and a way on', async (_what, damage, words) => {
    const options = optionsFor(`damaged-${folders.length}`);
    const first = await startPostgres(options);
    await first.stop();
    damage(first.dataDir);
    const failure = await startPostgres(options).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(PlainError);
    expect(failure).toMatchObject({
      message: expect.stringMatching(words),
      wayOn: expect.stringContaining('--reset'),
    });
  });

  it('answers a lost or damaged password by a sentence and a way on', async () => {
    const options = optionsFor('password');
    const first = await startPostgres(options);
    await first.stop();
    writeFileSync(options.passwordFile, '\0\0');
    await expect(startPostgres(options)).rejects.toThrow(/damaged/);
    rmSync(options.passwordFile);
    await expect(startPostgres(options)).rejects.toThrow(/cannot be read/);
  });

  it('names a port that is taken', async () => {
    const options = optionsFor('port');
    const first = await startPostgres(options);
    const other = { ...optionsFor('port-2'), port: first.port };
    await expect(startPostgres(other)).rejects.toThrow(new RegExp(`Port ${first.port}`));
    await first.stop();
  });

  it('finds another place for its data below a folder that its account may not enter', () => {
    const closed = path.join(home, 'closed');
    mkdirSync(closed, { mode: 0o700 });
    const found = reachableDataDir(path.join(closed, 'data'));
    const isRoot = process.getuid?.() === 0;
    expect(found === path.join(closed, 'data')).toBe(!isRoot);
  });
});
