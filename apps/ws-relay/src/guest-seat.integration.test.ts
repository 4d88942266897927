import { randomBytes } from 'node:crypto';
import { encodeClientCutText, encodeKeyEvent, encodePointerEvent } from '@porthole/rfb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type TestBrowser, TestViewer } from '../../../tools/relay/test-browser.ts';
import { TestRelay } from '../../../tools/relay/test-relay.ts';

let relay: TestRelay;
/** By which Mira, who makes the links, may share the machine. */
let manager: string;

beforeAll(async () => {
  relay = await TestRelay.start();
  await relay.keepNoText();
});
afterAll(() => relay.stop());
beforeEach(async () => {
  const { acme, mira, web } = relay.world;
  const { rows } = await relay.sql.query(
    `INSERT INTO access_grant (tenant_id, person_id, vm_id, role) VALUES ($1, $2, $3, 'manager') RETURNING id`,
    [acme, mira, web],
  );
  manager = rows[0]?.id;
});
afterEach(async () => {
  await relay.sql.query('DELETE FROM access_grant WHERE id = $1', [manager]);
  await expect.poll(() => relay.pool.openTunnels()).toBe(0);
});

/** A link of Mira's, and a visit by it that proved the address. @param isIn whether the door was opened to it */
async function invite({ rights = ['look'], isIn = true, endsIn = '1 hour' } = {}) {
  const { acme, mira, web } = relay.world;
  const { rows: links } = await relay.sql.query(
    `INSERT INTO guest_link (tenant_id, vm_id, vm_name, guest_name, email, rights, one_visit, door, reason, ends_at, created_by,
       created_name) VALUES ($1, $2, 'web', 'Nina', 'n@x.example', $3, false, true, '', now() + $4::interval, $5, 'mira')
     RETURNING id`,
    [acme, web, rights, endsIn, mira],
  );
  const linkId: string = links[0]?.id;
  const { rows: visits } = await relay.sql.query(
    `INSERT INTO guest_visit (tenant_id, link_id, digest, expires_at, proved_at, knocked_at)
     VALUES ($1, $2, $3, now() + interval '1 hour', now(), now()) RETURNING id`,
    [acme, linkId, randomBytes(32)],
  );
  const visitId: string = visits[0]?.id;
  if (isIn) await letIn(visitId);
  return { linkId, visitId };
}

const letIn = (visitId: string) =>
  relay.sql.query('UPDATE guest_visit SET entered_at = now() WHERE id = $1', [visitId]);

async function openScreen(guest: { linkId: string; visitId: string }, mode: 'look' | 'type' = 'look') {
  const browser = await relay.open({ guest, mode });
  await new TestViewer(browser).picture();
  return browser;
}

async function leave(browser: TestBrowser): Promise<void> {
  browser.control({ type: 'leave' });
  await browser.closed;
}

const trailOf = async (linkId: string) =>
  (await relay.events()).filter(({ data }) => data.guestLinkId === linkId);

const INPUT = [
  encodeKeyEvent({ down: true, keysym: 0x61 }),
  encodePointerEvent({ buttons: 1, x: 5, y: 5 }),
  encodeClientCutText(Buffer.from('secret')),
];

describe('a guest’s seat', () => {
  it('looks and types nothing, is seen by its name, and stands in the trail of its link', async () => {
    const guest = await invite();
    const browser = await openScreen(guest);
    expect(await browser.message('welcome')).toMatchObject({ rights: ['look'] });
    expect(await browser.message('presence')).toMatchObject({ seats: [{ name: 'Nina', guest: true }] });
    for (const input of INPUT) browser.send(input);
    browser.control({ type: 'ping', id: 1 });
    await browser.message('pong');
    await leave(browser);
    expect(browser.receipt).toMatchObject({ inputEvents: 0, inputDropped: INPUT.length });
    expect(relay.pool.vm('web').inputEvents()).toMatchObject({ keys: 0, pointers: 0, cutTexts: 0 });
    await expect
      .poll(async () => (await trailOf(guest.linkId)).map(({ action }) => action))
      .toEqual(['console.open', 'console.close']);
  });

  it('has no more than its link gives, whatever its pass asks for', async () => {
    const browser = await openScreen(await invite(), 'type');
    expect(await browser.message('welcome')).toMatchObject({ rights: ['look'] });
    await leave(browser);
  });

  it('types where its link says so, and nothing any more once its maker cannot', async () => {
    const browser = await openScreen(await invite({ rights: ['look', 'type'] }), 'type');
    expect(await browser.message('welcome')).toMatchObject({ rights: ['look', 'type'] });
    const { keys } = relay.pool.vm('web').inputEvents();
    browser.send(encodeKeyEvent({ down: true, keysym: 0x61 }));
    await expect.poll(() => relay.pool.vm('web').inputEvents().keys).toBeGreaterThan(keys);
    const at = performance.now();
    const { acme, mira, web, grant } = relay.world;
    // Whoever looks and shares, and types no more, gives no more than that on.
    await relay.sql.query(
      `INSERT INTO access_grant (tenant_id, person_id, vm_id, rights, reason) VALUES ($1, $2, $3, '{look,share}', 'less')`,
      [acme, mira, web],
    );
    await relay.sql.query('UPDATE access_grant SET ended_at = now() WHERE id = ANY ($1)', [[manager, grant]]);
    expect(await browser.message('rights')).toMatchObject({ rights: ['look'] });
    expect(performance.now() - at).toBeLessThan(2_000);
    await leave(browser);
    await relay.sql.query("DELETE FROM access_grant WHERE reason = 'less'");
    await relay.sql.query('UPDATE access_grant SET ended_at = NULL WHERE id = $1', [grant]);
  });

  it('is not taken in front of a closed door, and is behind an open one', async () => {
    const guest = await invite({ isIn: false });
    const { ticket } = await relay.issue({ guest, mode: 'look' });
    expect((await relay.knock(ticket).refused).status).toBe(401);
    expect((await trailOf(guest.linkId)).at(-1)).toMatchObject({ action: 'console.denied' });
    await letIn(guest.visitId);
    const browser = await openScreen(guest);
    await leave(browser);
  });

  it.each<[string, (guest: { linkId: string; visitId: string }) => Promise<unknown>, object]>([
    [
      'the link is ended',
      ({ linkId }) =>
        relay.sql.query(
          "UPDATE guest_link SET ended_at = now(), ended_by = created_by, ended_name = 'mira' WHERE id = $1",
          [linkId],
        ),
      { kind: 'withdrawn', said: { by: 'mira' } },
    ],
    [
      'its maker may not share the machine any more',
      () =>
        relay.sql.query('UPDATE access_grant SET ended_at = now(), ended_by = $2 WHERE id = $1', [
          manager,
          relay.world.ada,
        ]),
      // What happened to its maker is not a guest’s to read.
      { kind: 'withdrawn', said: expect.not.objectContaining({ by: expect.any(String) }) },
    ],
    [
      'the guest left in another window',
      ({ visitId }) => relay.sql.query('UPDATE guest_visit SET left_at = now() WHERE id = $1', [visitId]),
      { kind: 'accessEnded', said: expect.not.objectContaining({ by: expect.any(String) }) },
    ],
  ])('closes within two seconds when %s, and opens no more', async (_what, end, told) => {
    const guest = await invite();
    const browser = await openScreen(guest);
    const at = performance.now();
    await end(guest);
    const closed = await browser.closed;
    expect(performance.now() - at).toBeLessThan(2_000);
    const said = browser.messages.findLast(({ type }) => type === 'access-changed') ?? {};
    expect({ ...closed, said }).toMatchObject({ code: 4403, ...told });
    const { ticket } = await relay.issue({ guest, mode: 'look' });
    expect((await relay.knock(ticket).refused).status).toBe(401);
  });

  it('closes by itself at the end of its link', async () => {
    const browser = await openScreen(await invite({ endsIn: '1500 milliseconds' }));
    expect(await browser.closed).toMatchObject({ code: 4403, kind: 'accessEnded' });
    expect(browser.receipt?.durationMs).toBeLessThan(3_500);
  });
});
