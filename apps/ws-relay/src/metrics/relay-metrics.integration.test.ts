import { CLOSE, CONSOLE_KINDS } from '@porthole/relay-contract';
import { encodeKeyEvent } from '@porthole/rfb';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestViewer } from '../../../../tools/relay/test-browser.ts';
import { TestRelay } from '../../../../tools/relay/test-relay.ts';
import { REDEEM_OUTCOMES, UPGRADE_RESULTS } from './relay-metrics.ts';

let relay: TestRelay;
beforeAll(async () => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  relay = await TestRelay.start({ relay: { registry } });
});
afterAll(() => relay.stop());

const reasons = Object.values(CLOSE).map(({ reason }) => reason);
/** Every label of ours with all the values that it may ever have. */
const LABELS: Record<string, readonly string[]> = {
  result: Object.values(UPGRADE_RESULTS),
  kind: CONSOLE_KINDS,
  reason: reasons,
  outcome: ['open', ...reasons, ...REDEEM_OUTCOMES, 'passed', 'dropped'],
  side: ['browser', 'host'],
  direction: ['in', 'out'],
};
const NUMBER_LABELS = ['le'];

async function scrape(): Promise<string> {
  const reply = await fetch(`http://127.0.0.1:${relay.port}/metrics`);
  expect(reply.status).toBe(200);
  expect(reply.headers.get('content-type')).toContain('text/plain; version=0.0.4');
  return reply.text();
}

/** The value of one line; 0 where there is none. */
function valueIn(text: string, line: string): number {
  const found = text.split('\n').find((one) => one.startsWith(`${line} `));
  return Number(found?.slice(line.length + 1) ?? 0);
}

describe('what an operator reads at /metrics', () => {
  it('tells of a console while it lives and when it is over', async () => {
    const browser = await relay.open();
    await new TestViewer(browser).picture();
    browser.send(encodeKeyEvent({ down: true, keysym: 0x61 }));
    browser.send(encodeKeyEvent({ down: false, keysym: 0x61 }));
    await expect.poll(() => relay.pool.vm('web').inputEvents().keys).toBe(2);
    const live = await scrape();
    expect(valueIn(live, 'porthole_relay_seats{kind="screen"}')).toBe(1);
    expect(valueIn(live, 'porthole_relay_hubs{kind="screen"}')).toBe(1);
    expect(valueIn(live, 'porthole_relay_opens_total{kind="screen"}')).toBe(1);
    expect(valueIn(live, 'porthole_relay_upgrades_total{result="accepted"}')).toBe(1);
    expect(valueIn(live, 'porthole_relay_input_events_total{outcome="passed"}')).toBe(2);
    expect(valueIn(live, 'porthole_relay_bytes_total{side="host",direction="in"}')).toBeGreaterThan(1_000);
    expect(valueIn(live, 'porthole_relay_dial_seconds_count{outcome="open"}')).toBe(1);
    expect(valueIn(live, 'porthole_relay_first_picture_seconds_count{kind="screen"}')).toBe(1);
    expect(valueIn(live, 'porthole_relay_redeem_seconds_count{outcome="admitted"}')).toBe(1);
    expect(valueIn(live, 'porthole_relay_ready')).toBe(1);
    browser.control({ type: 'leave' });
    await browser.closed;
    await expect
      .poll(async () => valueIn(await scrape(), 'porthole_relay_closes_total{reason="left"}'))
      .toBe(1);
    const over = await scrape();
    expect(valueIn(over, 'porthole_relay_seats{kind="screen"}')).toBe(0);
    expect(valueIn(over, 'porthole_relay_bytes_total{side="browser",direction="out"}')).toBe(
      browser.receipt?.bytesToBrowser,
    );
    expect(valueIn(over, 'porthole_relay_input_events_total{outcome="passed"}')).toBe(2);
  });

  it('tells of what was refused', async () => {
    await relay.knock((await relay.issue()).ticket, { origin: 'https://evil.example' }).refused;
    const twice = await relay.issue();
    const browser = relay.knock(twice.ticket);
    await browser.message('welcome');
    await relay.knock(twice.ticket).refused;
    browser.leave();
    await browser.closed;
    const text = await scrape();
    expect(valueIn(text, 'porthole_relay_upgrades_total{result="refused"}')).toBe(2);
    expect(valueIn(text, 'porthole_relay_redeem_seconds_count{outcome="refused"}')).toBe(1);
  });

  it('has the field’s usual names for the process beside it', async () => {
    const text = await scrape();
    for (const name of [
      'process_cpu_seconds_total',
      'process_resident_memory_bytes',
      'nodejs_eventloop_lag_p99_seconds',
    ])
      expect(text).toMatch(new RegExp(`^${name} `, 'm'));
  });

  it('names no person, organisation or machine, by no label and no value', async () => {
    const text = await scrape();
    const { world } = relay;
    for (const secret of [
      world.mira,
      world.acme,
      world.web,
      world.pool,
      world.host,
      'mira',
      'acme',
      'Frankfurt',
    ])
      expect(text).not.toContain(secret);
    const ours = text.split('\n').filter((line) => line.startsWith('porthole_relay_') && line.includes('{'));
    expect(ours.length).toBeGreaterThan(50);
    for (const line of ours)
      for (const [, label = '', value = ''] of line.matchAll(/([a-z]+)="([^"]*)"/g))
        if (!NUMBER_LABELS.includes(label)) expect(LABELS[label], `${label} of ${line}`).toContain(value);
  });
});
