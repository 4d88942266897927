import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PageSeat } from '../../../tools/relay/page-seat.ts';
import type { TestBrowser } from '../../../tools/relay/test-browser.ts';
import { TestRelay } from '../../../tools/relay/test-relay.ts';

const [FIRST, SECOND] = ['relay-1', 'relay-2'] as const;

let relays: TestRelay;
let db: string;
beforeAll(async () => {
  relays = await TestRelay.start({ pool: { vms: [{ name: 'web' }, { name: 'db' }] } });
  await relays.startRelay({ relay: { relayId: SECOND } });
  db = await relays.addMachine('db');
});
afterAll(() => relays.stop());

async function opened(browser: TestBrowser): Promise<TestBrowser> {
  await browser.message('state', ({ state }) => state === 'open');
  return browser;
}

async function leave(...browsers: readonly TestBrowser[]): Promise<void> {
  for (const browser of browsers) {
    browser.control({ type: 'leave' });
    await browser.closed;
  }
  await expect.poll(async () => (await relays.consoleCounts()).live).toBe(0);
}

async function holderOf(vm: string): Promise<string | undefined> {
  const { rows } = await relays.sql.query<{ relay_id: string }>(
    'SELECT relay_id FROM console_hub WHERE vm_id = $1 AND ended_at IS NULL',
    [vm],
  );
  return rows[0]?.relay_id;
}

describe('two relays side by side', () => {
  it('hold different consoles, each with one line to its host', async () => {
    const web = await opened(await relays.open({ relayId: FIRST }));
    const other = await opened(await relays.open({ relayId: SECOND, vm: db }));
    expect([await holderOf(relays.world.web), await holderOf(db)]).toEqual([FIRST, SECOND]);
    expect(relays.pool.openTunnels()).toBe(2);
    await leave(web, other);
  });

  it('are named by passes for the consoles that they hold, busy as they are', async () => {
    const web = await opened(await relays.open({ relayId: SECOND }));
    await relays.sql.query('UPDATE relay SET seats = CASE id WHEN $1 THEN 900 ELSE 0 END', [SECOND]);
    const pass = await relays.issueAnywhere({ person: relays.world.ada });
    expect(pass.relayId).toBe(SECOND);
    const text = await relays.issueAnywhere({ kind: 'text' });
    expect(text.relayId).toBe(FIRST);
    const ada = await opened(relays.knock(pass.ticket, { relayId: pass.relayId }));
    expect(relays.pool.openTunnels()).toBe(1);
    await leave(web, ada);
  });

  it('do not both dial: a pass that raced to the other one is told to move, and is used up', async () => {
    // Both were given while nobody held the console.
    const [here, there] = [await relays.issue({ relayId: FIRST }), await relays.issue({ relayId: SECOND })];
    const web = await opened(relays.knock(here.ticket, { relayId: FIRST }));
    const moved = relays.knock(there.ticket, { relayId: SECOND });
    expect(await moved.closed).toMatchObject({ code: 4412, kind: 'moved' });
    expect(relays.pool.openTunnels()).toBe(1);
    expect((await relays.knock(there.ticket, { relayId: SECOND }).refused).status).toBe(401);
    const denied = (await relays.events()).filter(({ action }) => action === 'console.denied');
    expect(denied).toMatchObject([
      { data: { ticketId: there.ticketId, reason: 'moved', outcome: 'other-relay' } },
      { data: { ticketId: there.ticketId, reason: 'used-before' } },
    ]);
    await leave(web);
  });

  it('take one of two that race at the very same time', async () => {
    const passes = [await relays.issue({ relayId: FIRST }), await relays.issue({ relayId: SECOND })];
    const browsers = passes.map(({ ticket, relayId }) => relays.knock(ticket, { relayId }));
    const ends = await Promise.all(
      browsers.map((browser) =>
        Promise.race([
          browser.closed.then(({ kind }) => kind),
          browser
            .message('state', ({ state }) => state === 'open')
            .then(
              () => 'open',
              () => 'moved',
            ),
        ]),
      ),
    );
    expect(ends.toSorted()).toEqual(['moved', 'open']);
    expect(relays.pool.openTunnels()).toBe(1);
    await leave(...browsers.filter((_, index) => ends[index] === 'open'));
  });

  it('are one console to its page, which asks again and comes where it is', async () => {
    const web = await opened(await relays.open({ relayId: FIRST, person: relays.world.ada }));
    // The pass that the page was given before that names the other one.
    const page = new PageSeat(relays, {}, await relays.issue({ relayId: SECOND }));
    await expect.poll(() => page.openAt, { timeout: 8_000 }).toBe(FIRST);
    expect(page.visits.map(({ end }) => end?.kind ?? null)).toEqual(['moved', null]);
    page.leave();
    await leave(web);
  });
});
