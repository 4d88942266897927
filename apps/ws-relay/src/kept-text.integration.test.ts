import { LIMITS } from '@porthole/relay-contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LeapingClock } from '../../../tools/relay/leaping-clock.ts';
import type { TestBrowser } from '../../../tools/relay/test-browser.ts';
import { fastClock, TestRelay } from '../../../tools/relay/test-relay.ts';

let relay: TestRelay;
beforeAll(async () => {
  relay = await TestRelay.start();
});
afterAll(() => relay.stop());

async function openText(person?: string): Promise<TestBrowser> {
  const browser = await relay.open({ kind: 'text', ...(person === undefined ? {} : { person }) });
  await browser.message('state', ({ state }) => state === 'open');
  return browser;
}

async function leave(browser: TestBrowser): Promise<void> {
  browser.control({ type: 'leave' });
  await browser.closed;
}

async function say(browser: TestBrowser, command: string, answer: string): Promise<void> {
  browser.send(Buffer.from(`${command}\r`));
  await browser.until(() => browser.received.toString().includes(answer), answer);
}

async function openHubs(): Promise<number> {
  const { rows } = await relay.sql.query<{ n: number }>(
    'SELECT count(*)::int AS n FROM console_hub WHERE ended_at IS NULL',
  );
  return rows[0]?.n ?? -1;
}

async function openSeats(): Promise<number> {
  const { rows } = await relay.sql.query<{ n: number }>(
    'SELECT count(*)::int AS n FROM console_seat WHERE closed_at IS NULL',
  );
  return rows[0]?.n ?? -1;
}

async function restart(options: Parameters<TestRelay['startRelay']>[0] = {}): Promise<void> {
  await relay.stopRelay();
  await relay.startRelay(options);
}

describe('a text console where nobody sits', () => {
  it('goes on over the same tunnel, and shows who comes back what was printed meanwhile', async () => {
    const mira = await openText();
    await say(mira, 'echo before', 'before');
    await leave(mira);
    expect(relay.pool.openTunnels()).toBe(1);
    expect(await openHubs()).toBe(1);
    const ada = await openText(relay.world.ada);
    expect(ada.received.toString()).toContain('before');
    await say(ada, 'echo meanwhile', 'meanwhile\r\n');
    await leave(ada);
    const back = await openText();
    await back.message('while-away');
    await back.until(() => back.received.toString().includes('meanwhile'), 'what was printed');
    expect(relay.pool.openTunnels()).toBe(1);
    expect((await relay.events()).filter(({ action }) => action === 'tunnel.up')).toHaveLength(1);
    await leave(back);
  });

  it('ends with its relay, and leaves no lease', async () => {
    await leave(await openText());
    await restart();
    expect(relay.pool.openTunnels()).toBe(0);
    expect(await openHubs()).toBe(0);
  });

  it('ends when its time is over', async () => {
    const clock = new LeapingClock();
    await restart({ relay: { clock } });
    await leave(await openText());
    // What is being written is written: a leap would look to it like a database that is silent.
    await expect.poll(openSeats).toBe(0);
    clock.leap(LIMITS.textKeptMs - 10_000);
    expect(await openHubs()).toBe(1);
    expect(relay.pool.openTunnels()).toBe(1);
    clock.leap(10_000);
    await expect.poll(openHubs, { timeout: 15_000 }).toBe(0);
    expect(relay.pool.openTunnels()).toBe(0);
    await restart();
  });

  it('ends with its tunnel: for nobody nothing is dialled', async () => {
    await leave(await openText());
    relay.pool.cutTunnels('web');
    await expect.poll(openHubs).toBe(0);
    expect(relay.pool.openTunnels()).toBe(0);
  });

  it('is not kept where the organisation keeps nothing', async () => {
    await relay.keepNoText();
    await leave(await openText());
    await expect.poll(openHubs).toBe(0);
    expect(relay.pool.openTunnels()).toBe(0);
    await relay.sql.query('DELETE FROM tenant_policy');
  });

  it('gives the one place of a single-viewer pool back at once', async () => {
    await relay.sql.query('UPDATE pool SET limit_console_sessions = true');
    await leave(await openText());
    await expect.poll(openHubs).toBe(0);
    expect(relay.pool.openTunnels()).toBe(0);
    await relay.sql.query('UPDATE pool SET limit_console_sessions = false');
  });

  it('ends within a beat when its organisation is suspended', async () => {
    await restart({ relay: { clock: fastClock(20) } });
    await leave(await openText());
    expect(await openHubs()).toBe(1);
    await relay.sql.query('UPDATE tenant SET suspended_at = now() WHERE id = $1', [relay.world.acme]);
    await expect.poll(openHubs, { timeout: 8_000 }).toBe(0);
    expect(relay.pool.openTunnels()).toBe(0);
    await relay.sql.query('UPDATE tenant SET suspended_at = NULL WHERE id = $1', [relay.world.acme]);
  });
});
