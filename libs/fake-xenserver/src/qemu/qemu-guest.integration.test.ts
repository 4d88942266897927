import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FakePool, startFakePool } from '../fake-pool.ts';
import { hostOf, login, openConsole, result } from '../raw-client.ts';
import { missingForQemu } from './find-qemu.ts';
import { type QemuGuest, startQemuGuest } from './start-qemu-guest.ts';

const BOOT_MS = 120_000;
const workDir = mkdtempSync(path.join(tmpdir(), 'porthole-qemu-test-'));
let guest: QemuGuest | undefined;
let pool: FakePool;
let session: string;

function machine(): QemuGuest {
  if (!guest) throw new Error('no QEMU guest');
  return guest;
}

beforeAll(async () => {
  expect(missingForQemu(), 'what a QEMU guest needs and this machine lacks').toEqual([]);
  guest = await startQemuGuest({ workDir, hostname: 'real' });
  pool = await startFakePool({
    name: 'qemu',
    account: { username: 'root', password: 'secret' },
    hosts: 1,
    operationMs: 0,
    vms: [
      {
        name: 'real',
        screen: { kind: 'tcp', host: guest.vncHost, port: guest.vncPort },
        text: { kind: 'unix', path: guest.serialPath },
        power: guest.power,
      },
    ],
  });
  session = await login(hostOf(pool));
}, BOOT_MS);

afterAll(async () => {
  await pool?.stop();
  await guest?.stop();
  rmSync(workDir, { recursive: true });
});

const open = (protocol: string) => {
  const found = pool.vm('real').consoles.find((entry) => entry.protocol === protocol);
  return openConsole(hostOf(pool), `uuid=${found?.uuid}`, session);
};
const power = (operation: string, ...more: unknown[]) =>
  result(hostOf(pool), `VM.${operation}`, session, pool.vm('real').ref, ...more);
const status = async () => (await machine().qmp('query-status')) as { status: string };

describe('a real Linux guest', () => {
  it('obeys its serial shell through the text console', async () => {
    const client = await open('vt100');
    await client.untilText('200 OK');
    client.write('echo $((6*7)) $(hostname)\n');
    await client.untilText('42 real');
    client.close();
  });

  it('greets as QEMU does on the graphical console, and takes RFB 3.8', async () => {
    const client = await open('rfb');
    await client.untilText('RFB 003.008\n');
    client.write('RFB 003.008\n');
    await client.untilText('RFB 003.008\n\x01\x01');
    client.close();
  });

  it('gives a picture of its screen', async () => {
    const file = path.join(workDir, 'screen.png');
    await machine().screendump(file);
    expect(readFileSync(file).subarray(1, 4).toString()).toBe('PNG');
  });

  it('stops and goes on with pause and unpause', async () => {
    await power('pause');
    expect((await status()).status).toBe('paused');
    await power('unpause');
    expect((await status()).status).toBe('running');
  });

  it(
    'starts again at reboot, with the tunnel ended',
    async () => {
      const client = await open('vt100');
      await client.untilText('200 OK');
      client.write('touch /tmp/mark; echo mark""ed\n');
      await client.untilText('marked');
      await power('hard_reboot');
      await client.untilEnd();
      const fresh = await open('vt100');
      await fresh.untilText('/ # ');
      fresh.write('ls /tmp/mark\n');
      await fresh.untilText('No such file');
      fresh.close();
    },
    BOOT_MS,
  );

  it(
    'ends its process at shutdown and has a new one at start, at the same address',
    async () => {
      const { pid, vncPort } = machine();
      await power('hard_shutdown');
      expect(machine().pid).toBe(-1);
      await power('start', false, false);
      expect(machine().pid).not.toBe(pid);
      expect(machine().vncPort).toBe(vncPort);
      const client = await open('vt100');
      await client.untilText('/ # ');
      client.close();
    },
    BOOT_MS,
  );

  it(
    'is booked as halted when its own system switches it off',
    async () => {
      const client = await open('vt100');
      await client.untilText('200 OK');
      client.write('poweroff -f\n');
      await client.untilEnd();
      await expect.poll(() => pool.vm('real').powerState).toBe('Halted');
      expect(machine().pid).toBe(-1);
    },
    BOOT_MS,
  );
});
