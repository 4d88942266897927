import { createDb } from '@porthole/db';
import { Secret } from '@porthole/errors';
import { createLogger } from '@porthole/logger';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openConsole } from '../../apps/portal/src/server/console/open-console.ts';
import { TestViewer } from './test-browser.ts';
import { TestRelay } from './test-relay.ts';

let relay: TestRelay;
beforeAll(async () => {
  relay = await TestRelay.start();
});
afterAll(() => relay.stop());

/** The portal's own `console.open`, with the lines that it writes. */
async function openAtPortal() {
  const { world } = relay;
  const lines: Record<string, unknown>[] = [];
  const db = createDb({ url: relay.database.url('portal') });
  const logger = createLogger({
    app: 'portal',
    destination: { write: (line) => void lines.push(JSON.parse(line)) },
  });
  try {
    const opened = await openConsole(
      { db, logger },
      {
        personId: world.mira,
        personName: 'mira',
        email: 'mira@acme.example',
        loginSessionId: world.sessions[world.mira] ?? '',
        lastInputAt: new Date(),
        factorAt: null,
        confirmedAt: new Date(),
        ip: null,
        tenantId: world.acme,
        slug: 'acme',
        tenantName: 'acme',
        tenantKind: 'customer',
        role: 'member',
      },
      relay.binderText,
      { org: 'acme', vmId: world.web, kind: 'screen', mode: 'type' },
    );
    return { opened, lines };
  } finally {
    await db.close();
  }
}

it('one console has one id, from the pass to its close, in both processes’ lines and in the log', async () => {
  const { opened, lines } = await openAtPortal();
  const consoleId = opened.ticketId;
  expect(lines).toMatchObject([{ app: 'portal', msg: 'a pass was issued', consoleId }]);

  const browser = relay.knock(new Secret(opened.ticket));
  await new TestViewer(browser).picture();
  browser.control({ type: 'leave' });
  await browser.closed;
  await expect.poll(async () => (await relay.consoleCounts()).closed).toBe(1);

  const events = await relay.events();
  const open = events.find(({ action }) => action === 'console.open');
  const { seatId, hubId } = open?.data ?? {};
  const told = relay.lines.filter((line) => line.consoleId === consoleId);
  expect(told.map(({ msg, step }) => step ?? msg)).toEqual([
    'a console was opened',
    'host',
    'line',
    'the line to a host is up',
    'a seat sees its console',
    'the line to a host is over',
    'a console was closed',
  ]);
  for (const line of told) expect(line).toMatchObject({ seatId, hubId });
  // No line about a console goes without its name.
  expect(relay.lines.filter((line) => line.hubId !== undefined && line.consoleId === undefined)).toEqual([]);

  const named = events.map(({ action, data }) => [action, data.ticketId ?? data.hubId]);
  expect(named).toEqual([
    ['console.request', consoleId],
    ['console.open', consoleId],
    ['tunnel.up', hubId],
    ['tunnel.down', hubId],
    ['console.close', consoleId],
  ]);
  expect(JSON.stringify([lines, relay.lines])).not.toContain(opened.ticket);
});
