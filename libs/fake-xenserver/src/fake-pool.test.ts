import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { startFakePool } from './fake-pool.ts';
import type { FakePoolOptions } from './pool-options.ts';
import { hostOf, login, RawClient, result } from './raw-client.ts';

const options: FakePoolOptions = {
  name: 'Same Pool',
  account: { username: 'root', password: 'secret' },
  hosts: 2,
  vms: [{ name: 'one' }, { name: 'one' }, { name: 'fixed', uuid: '11111111-2222-4333-8444-555555555555' }],
};

describe('startFakePool', () => {
  it('gives the same uuids in every run, and different ones to namesakes', async () => {
    const seen: string[][] = [];
    for (let run = 0; run < 2; run++) {
      const pool = await startFakePool(options);
      const session = await login(hostOf(pool));
      const records = Object.values((await result(hostOf(pool), 'VM.get_all_records', session)) as object);
      seen.push(
        [
          pool.uuid,
          ...pool.hosts.map((host) => host.uuid),
          ...records.map((record) => record.uuid),
        ].toSorted(),
      );
      await pool.stop();
    }
    expect(seen[0]).toEqual(seen[1]);
    expect(new Set(seen[0]).size).toBe(1 + 2 + 2 + 3);
    expect(seen[0]).toContain('11111111-2222-4333-8444-555555555555');
  });

  it('keeps certificates in a folder, so that pins survive a restart', async () => {
    const certDir = mkdtempSync(path.join(tmpdir(), 'porthole-certs-'));
    try {
      const first = await startFakePool({ ...options, certDir });
      const pins = first.hosts.map((host) => host.fingerprint256);
      await first.swapCertificate(1, { announce: true });
      const renewed = hostOf(first, 1).fingerprint256;
      await first.stop();
      const second = await startFakePool({ ...options, certDir });
      expect(second.hosts.map((host) => host.fingerprint256)).toEqual([pins[0], renewed]);
      await second.stop();
    } finally {
      rmSync(certDir, { recursive: true });
    }
  });

  it('takes fixed ports and says so when one is taken', async () => {
    const first = await startFakePool({ ...options, hosts: 1 });
    await expect(startFakePool({ ...options, hosts: 1, ports: [hostOf(first).port] })).rejects.toThrow(
      'EADDRINUSE',
    );
    const { port } = hostOf(first);
    await first.stop();
    const second = await startFakePool({ ...options, hosts: 1, ports: [port] });
    expect(hostOf(second).port).toBe(port);
    await second.stop();
  });

  it('leaves nothing open when it stops, even under a waiting event.from', async () => {
    const pool = await startFakePool(options);
    const session = await login(hostOf(pool));
    const waiting = result(hostOf(pool), 'event.from', session, ['task'], '', 60);
    const client = await RawClient.connect(hostOf(pool));
    await expect.poll(() => pool.stats().callsByMethod['event.from']).toBe(1);
    await Promise.all([pool.stop(), expect(waiting).rejects.toThrow()]);
    await client.untilEnd();
    expect(pool.openTunnels()).toBe(0);
  });
});

describe('swapCertificate', () => {
  it('shows another certificate to new connections, of which the pool tells only when announced', async () => {
    const pool = await startFakePool(options);
    const before = hostOf(pool, 1).fingerprint256;
    const recorded = async () => {
      const session = await login(hostOf(pool));
      const records = Object.values(
        (await result(hostOf(pool), 'Certificate.get_all_records', session)) as object,
      );
      return records.map((record) => record.fingerprint_sha256);
    };
    await pool.swapCertificate(1);
    const client = await RawClient.connect(hostOf(pool, 1));
    expect(client.socket.getPeerCertificate().fingerprint256).toBe(hostOf(pool, 1).fingerprint256);
    expect(hostOf(pool, 1).fingerprint256).not.toBe(before);
    expect(await recorded()).toContain(before);
    await pool.swapCertificate(1, { announce: true });
    expect(await recorded()).toEqual(expect.arrayContaining([hostOf(pool, 1).fingerprint256]));
    expect(await recorded()).toHaveLength(2);
    await pool.stop();
  });
});
