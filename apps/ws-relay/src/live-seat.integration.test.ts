import { MAX_CLIENT_MESSAGE_BYTES, MAX_CONTROL_BYTES } from '@porthole/relay-contract';
import {
  encodeClientCutText,
  encodeKeyEvent,
  encodePointerEvent,
  encodeQemuKey,
  encodeSetDesktopSize,
  encodeSetPixelFormat,
  HUB_PIXEL_FORMAT,
} from '@porthole/rfb';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CutProxy } from '../../../tools/relay/cut-proxy.ts';
import { FloodScreen } from '../../../tools/relay/flood-screen.ts';
import { type TestBrowser, TestViewer } from '../../../tools/relay/test-browser.ts';
import { fastClock, type TestAsk, TestRelay } from '../../../tools/relay/test-relay.ts';

let relay: TestRelay;
let flood: FloodScreen;
beforeAll(async () => {
  flood = await FloodScreen.start();
  relay = await TestRelay.start();
  await relay.keepNoText();
});
afterAll(async () => {
  await relay.stop();
  await flood.stop();
});
afterEach(() => expect.poll(() => relay.pool.openTunnels()).toBe(0));

async function openScreen(ask: TestAsk = {}, at: TestRelay = relay): Promise<TestBrowser> {
  // The browser hears of an end before its row is closed, and a console has one place.
  await expect
    .poll(async () => (await at.sql.query('SELECT FROM console_seat WHERE closed_at IS NULL')).rowCount)
    .toBe(0);
  const browser = await at.open(ask);
  await new TestViewer(browser).picture();
  return browser;
}

async function leave(browser: TestBrowser): Promise<void> {
  browser.control({ type: 'leave' });
  await browser.closed;
}

const INPUT = [
  encodeKeyEvent({ down: true, keysym: 0x61 }),
  encodePointerEvent({ buttons: 1, x: 5, y: 5 }),
  encodeClientCutText(Buffer.from('secret')),
  encodeQemuKey({ down: true, keysym: 0x61, keycode: 30 }),
  encodeSetDesktopSize({ width: 800, height: 600, screens: [] }),
];

describe('a seat that may only look', () => {
  it('types nothing, however its messages are split', async () => {
    const browser = await openScreen({ mode: 'look' });
    expect(await browser.message('welcome')).toMatchObject({ rights: ['look'] });
    const all = Buffer.concat(INPUT);
    browser.send(all);
    for (const byte of all) browser.send(Buffer.of(byte));
    for (let at = 0; at < all.length; at += 7) browser.send(all.subarray(at, at + 7));
    // A ping behind them: when it is answered, they have been judged.
    browser.control({ type: 'ping', id: 1 });
    await browser.message('pong');
    await leave(browser);
    expect(browser.receipt).toMatchObject({ inputEvents: 0, inputDropped: 3 * INPUT.length });
    expect(relay.pool.vm('web').inputEvents()).toMatchObject({ keys: 0, pointers: 0, cutTexts: 0 });
  });

  it('types nothing into a text console either', async () => {
    const typed = relay.pool.vm('web').typedBytes();
    const browser = await relay.open({ kind: 'text', mode: 'look' });
    await browser.message('state', ({ state }) => state === 'open');
    browser.send(Buffer.from('reboot\r'));
    browser.control({ type: 'ping', id: 1 });
    await browser.message('pong');
    await leave(browser);
    expect(browser.receipt).toMatchObject({ inputEvents: 0, inputDropped: 1 });
    expect(relay.pool.vm('web').typedBytes()).toBe(typed);
  });
});

describe('an organisation’s policy', () => {
  it('stops the clipboard into the machine under a live seat, within two seconds', async () => {
    const { acme } = relay.world;
    const browser = await openScreen();
    expect(await browser.message('welcome')).toMatchObject({ copying: { toGuest: true, fromGuest: true } });
    const texts = () => relay.pool.vm('web').inputEvents().cutTexts;
    const paste = async (id: number) => {
      browser.send(INPUT[2] ?? Buffer.alloc(0));
      browser.control({ type: 'ping', id });
      await browser.message('pong', (pong) => pong.id === id);
    };
    const before = texts();
    await paste(1);
    await expect.poll(texts).toBe(before + 1);
    const at = performance.now();
    const allow = (toGuest: boolean) =>
      relay.sql.query(
        `INSERT INTO tenant_policy (tenant_id, clipboard_to_guest) VALUES ($1, $2)
         ON CONFLICT (tenant_id) DO UPDATE SET clipboard_to_guest = $2`,
        [acme, toGuest],
      );
    await allow(false);
    expect(await browser.message('rights')).toMatchObject({
      rights: ['look', 'type', 'clipboard'],
      copying: { toGuest: false, fromGuest: true },
    });
    expect(performance.now() - at).toBeLessThan(2_000);
    await paste(2);
    await allow(true);
    await browser.message('rights', ({ copying }) => copying.toGuest);
    await paste(3);
    await expect.poll(texts).toBe(before + 2);
    await leave(browser);
    expect(browser.receipt).toMatchObject({ inputDropped: 1 });
  });
});

describe('an organisation that changes its times', () => {
  it('binds a live seat to them within two seconds, not less than a minute before they end it', async () => {
    const browser = await openScreen();
    const at = performance.now();
    const set = (idle: number | null, maximum: number | null) =>
      relay.sql.query(
        `INSERT INTO tenant_policy (tenant_id, idle_timeout_ms, maximum_time_ms) VALUES ($1, $2, $3)
         ON CONFLICT (tenant_id) DO UPDATE SET idle_timeout_ms = $2, maximum_time_ms = $3`,
        [relay.world.acme, idle, maximum],
      );
    await set(120_000, 60_000);
    expect(await browser.message('times')).toMatchObject({ idleTimeoutMs: 120_000, maximumTimeMs: 60_000 });
    expect(performance.now() - at).toBeLessThan(2_000);
    const soon = await browser.message('max-soon');
    expect(soon.closesInMs).toBeGreaterThan(55_000);
    await set(null, null);
    await browser.message('max-soon', ({ closesInMs }) => closesInMs === null);
    expect(browser.messages.findLast(({ type }) => type === 'times')).toMatchObject({
      idleTimeoutMs: 1_800_000,
      maximumTimeMs: 28_800_000,
    });
    await leave(browser);
  });
});

describe('the provider’s support', () => {
  it('is seen as what it is, and its seat closes within two seconds of the end of its grant', async () => {
    const { acme, ada, olga, northgate } = relay.world;
    const { rows: grants } = await relay.sql.query<{ id: string }>(
      `INSERT INTO support_grant (tenant_id, provider_id, person_id, person_name, reason, rights, length_ms, created_at,
         expires_at, given_at, given_by, given_name, ends_at, entered_at)
       VALUES ($1, $2, $3, 'olga', 'ticket 4711', '{look}', 60000, now(), now() + interval '1 hour', now(), $4, 'ada',
         now() + interval '1 minute', now()) RETURNING id`,
      [acme, northgate, olga, ada],
    );
    const browser = await openScreen({ person: olga, mode: 'look' });
    expect(await browser.message('presence')).toMatchObject({ seats: [{ name: 'olga', support: true }] });
    const at = performance.now();
    await relay.sql.query("UPDATE support_grant SET ended_at = now(), ended_by = $1, ended_name = 'ada'", [
      ada,
    ]);
    expect(await browser.closed).toMatchObject({ kind: 'withdrawn' });
    expect(performance.now() - at).toBeLessThan(2_000);
    expect(browser.messages.findLast(({ type }) => type === 'access-changed')).toMatchObject({ by: 'ada' });
    // The log marks each of them, the one after its end as well; and nobody else's.
    const marked = async () =>
      (await relay.events()).flatMap(({ action, data }) =>
        data.supportGrantId === grants[0]?.id ? [action] : [],
      );
    await expect.poll(marked).toEqual(['console.open', 'console.close']);
    await relay.sql.query('DELETE FROM support_grant');
  });
});

describe('a lock over a pool of the provider’s', () => {
  it('closes a live seat of who holds one of its machines, within two seconds', async () => {
    const browser = await openScreen();
    const at = performance.now();
    await relay.sql.query('INSERT INTO emergency_lock (tenant_id, pool_id) VALUES ($1, $2)', [
      relay.world.northgate,
      relay.world.pool,
    ]);
    expect(await browser.closed).toMatchObject({ kind: 'locked' });
    expect(performance.now() - at).toBeLessThan(2_000);
    await relay.sql.query('DELETE FROM emergency_lock');
  });
});

describe('a right that is withdrawn', () => {
  it('narrows a live seat within two seconds', async () => {
    const browser = await openScreen();
    await relay.sql.query(
      `INSERT INTO access_grant (tenant_id, person_id, vm_id, role) VALUES ($1, $2, $3, 'viewer')`,
      [relay.world.acme, relay.world.mira, relay.world.web],
    );
    const at = performance.now();
    await relay.sql.query('UPDATE access_grant SET ended_at = now(), ended_by = $2 WHERE id = $1', [
      relay.world.grant,
      relay.world.ada,
    ]);
    expect(await browser.message('rights')).toMatchObject({ rights: ['look'] });
    expect(await browser.message('access-changed')).toMatchObject({ by: 'ada', reason: '' });
    expect(performance.now() - at).toBeLessThan(2_000);
    const { keys } = relay.pool.vm('web').inputEvents();
    browser.send(INPUT[0] ?? Buffer.alloc(0));
    browser.control({ type: 'ping', id: 1 });
    await browser.message('pong');
    expect(relay.pool.vm('web').inputEvents().keys).toBe(keys);
    await relay.sql.query('UPDATE access_grant SET ended_at = NULL WHERE id = $1', [relay.world.grant]);
    await browser.message('rights', ({ rights }) => rights.includes('type'));
    await leave(browser);
    await relay.sql.query("DELETE FROM access_grant WHERE role = 'viewer'");
  });

  it.each([
    ['the grant ended', 'UPDATE access_grant SET ended_at = now() WHERE id = $1', 'grant', 'withdrawn'],
    ['the person signed out', 'DELETE FROM login_session WHERE person_id = $1', 'mira', 'signedOut'],
    [
      'the organisation was suspended',
      'UPDATE tenant SET suspended_at = now() WHERE id = $1',
      'acme',
      'suspended',
    ],
  ] as const)('closes a live seat within two seconds: %s', async (_what, sql, id, kind) => {
    const { rows: sessions } = await relay.sql.query('SELECT * FROM login_session WHERE person_id = $1', [
      relay.world.mira,
    ]);
    const browser = await openScreen();
    const at = performance.now();
    await relay.sql.query(sql, [relay.world[id]]);
    expect(await browser.closed).toMatchObject({ code: 4403, kind });
    expect(performance.now() - at).toBeLessThan(2_000);
    await relay.sql.query('UPDATE access_grant SET ended_at = NULL WHERE id = $1', [relay.world.grant]);
    await relay.sql.query('UPDATE tenant SET suspended_at = NULL WHERE id = $1', [relay.world.acme]);
    const [session] = sessions;
    await relay.sql.query(
      `INSERT INTO login_session (id, digest, binder_hash, person_id, expires_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
      [session.id, session.digest, session.binder_hash, session.person_id, session.expires_at],
    );
  });

  it('closes a seat when its grant runs out by itself', async () => {
    await relay.sql.query(
      "UPDATE access_grant SET ends_at = now() + interval '1500 milliseconds' WHERE id = $1",
      [relay.world.grant],
    );
    const browser = await openScreen();
    expect((await browser.message('welcome')).endsAt).not.toBeNull();
    expect(await browser.closed).toMatchObject({ code: 4403, kind: 'accessEnded' });
    expect(browser.receipt?.durationMs).toBeLessThan(3_500);
    await relay.sql.query('UPDATE access_grant SET ends_at = NULL WHERE id = $1', [relay.world.grant]);
  });
});

describe('a seat that breaks the contract', () => {
  const asText = (text: string) => (browser: TestBrowser) => browser.socket.send(text);
  const asBytes = (bytes: Uint8Array) => (browser: TestBrowser) => browser.send(bytes);
  it.each<[string, (browser: TestBrowser) => void]>([
    ['an unknown control message', asText('{"type":"take-over"}')],
    ['a control message with more in it', asText('{"type":"stay","forever":true}')],
    ['no JSON', asText('stay')],
    ['a control message that is too long', asText(`{"type":"stay"${' '.repeat(MAX_CONTROL_BYTES)}}`)],
    [
      'too many control messages',
      (browser) => {
        for (let id = 0; id < 25; id += 1) browser.control({ type: 'ping', id });
      },
    ],
    [
      'another pixel format',
      asBytes(encodeSetPixelFormat({ ...HUB_PIXEL_FORMAT, redShift: 16, blueShift: 0 })),
    ],
    ['an unknown message type', asBytes(Buffer.of(77))],
    ['a fence', asBytes(Buffer.of(248, 0, 0, 0, 0, 0, 0, 0, 0))],
    ['continuous updates', asBytes(Buffer.of(150, 1, 0, 0, 0, 0, 0, 9, 0, 9))],
    ['a power key', asBytes(Buffer.of(250, 0, 1, 4))],
  ])('is closed for %s', async (_what, breach) => {
    const browser = await openScreen();
    breach(browser);
    expect(await browser.closed).toMatchObject({ code: 1008, reason: 'bad-message' });
  });

  it('is closed for a message larger than any', async () => {
    const browser = await openScreen();
    browser.send(Buffer.alloc(MAX_CLIENT_MESSAGE_BYTES + 1));
    expect(await browser.closed).toMatchObject({ code: 1009 });
    await expect
      .poll(async () => (await relay.events()).at(-1))
      .toMatchObject({ action: 'console.close', data: { reason: 'too-big' } });
  });
});

describe('a stalled reader', () => {
  it('holds the host back instead of filling the memory, and misses nothing', async () => {
    const flooded = await TestRelay.start({
      pool: { vms: [{ name: 'web', screen: { kind: 'tcp', host: '127.0.0.1', port: flood.port } }] },
    });
    try {
      const browser = await flooded.open();
      const viewer = new TestViewer(browser);
      await viewer.picture();
      browser.socket.pause();
      const taken: number[] = [];
      // Still when nothing was taken for a while: the bytes are where they can stay.
      await expect
        .poll(() => taken.push(flood.written) > 1 && taken.at(-1) === taken.at(-2), { interval: 300 })
        .toBe(true);
      // Mostly the kernel's buffers of four connections; without a bound of ours it would never stand still.
      expect(flood.written - browser.total).toBeLessThan(64 * 1024 * 1024);
      const { updates } = viewer;
      browser.socket.resume();
      await browser.until(() => viewer.updates > updates + 20, 'more pictures');
      browser.socket.terminate();
      await expect.poll(() => flooded.pool.openTunnels()).toBe(0);
    } finally {
      await flooded.stop();
    }
  });
});

describe('a pool that its provider pauses', () => {
  it('ends its consoles for that reason, and opens none', async () => {
    const paused = await TestRelay.start();
    try {
      const browser = await openScreen({}, paused);
      await paused.sql.query("UPDATE pool SET state = 'paused'");
      expect(await browser.closed).toMatchObject({ code: 4403, kind: 'poolPaused' });
      const { rows } = await paused.sql.query('SELECT count(*)::int AS sealed FROM host_session');
      expect(rows).toEqual([{ sealed: 0 }]);
      const late = paused.knock((await paused.issue()).ticket);
      expect(await late.closed).toMatchObject({ code: 4403, kind: 'poolPaused' });
    } finally {
      await paused.stop();
    }
  });
});

describe('time', () => {
  it('warns of idleness and ends it, by the pool’s own bound where that is shorter', async () => {
    const fast = await TestRelay.start({ relay: { clock: fastClock(20) } });
    try {
      await fast.sql.query('UPDATE pool SET console_idle_timeout_s = 30');
      const browser = await openScreen({}, fast);
      expect(await browser.message('welcome')).toMatchObject({ idleTimeoutMs: 30_000 });
      expect(await browser.message('idle-soon')).toMatchObject({ closesInMs: expect.any(Number) });
      browser.control({ type: 'stay' });
      await browser.message('idle-soon', ({ closesInMs }) => closesInMs === null);
      expect(await browser.closed).toMatchObject({ code: 4407, kind: 'idle' });
      expect(browser.messages.filter(({ type }) => type === 'idle-soon')).toHaveLength(3);
      expect(browser.receipt?.durationMs).toBeGreaterThan(40_000);
    } finally {
      await fast.stop();
    }
  });

  it('tells of the organisation’s longest time before it ends, and of an end of the access that is moved', async () => {
    const fast = await TestRelay.start({ relay: { clock: fastClock(20) } });
    try {
      await fast.sql.query(
        `INSERT INTO tenant_policy (tenant_id, idle_timeout_ms, maximum_time_ms) VALUES ($1, 90000, 90000)
         ON CONFLICT (tenant_id) DO UPDATE SET idle_timeout_ms = 90000, maximum_time_ms = 90000`,
        [fast.world.acme],
      );
      const browser = await openScreen({}, fast);
      expect(await browser.message('welcome')).toMatchObject({ maximumTimeMs: 90_000, endsAt: null });
      await fast.sql.query("UPDATE access_grant SET ends_at = now() + interval '1 hour' WHERE id = $1", [
        fast.world.grant,
      ]);
      expect((await browser.message('access-end')).endsAt).toMatch(/^\d{4}-/);
      expect(await browser.message('max-soon')).toMatchObject({ closesInMs: 60_000 });
      expect(await browser.closed).toMatchObject({ code: 4407, kind: 'maximumTime' });
    } finally {
      await fast.stop();
    }
  });

  it('ends a browser that answers no ping', async () => {
    const fast = await TestRelay.start({ relay: { clock: fastClock(100) } });
    try {
      const pass = await fast.issue();
      const browser = fast.knock(pass.ticket, { autoPong: false });
      await browser.message('welcome');
      expect(await browser.closed).toMatchObject({ kind: 'stalled' });
    } finally {
      await fast.stop();
    }
  });
});

describe('a database that goes away under a live console', () => {
  it('stops the typing, then ends the seat, and keeps the end until it can be told', async () => {
    const ways: CutProxy[] = [];
    const cut = await TestRelay.start({
      relay: { clock: fastClock(10) },
      way: async (url) => {
        const proxy = await CutProxy.start(url);
        ways.push(proxy);
        return proxy.through(url);
      },
    });
    const [way] = ways;
    try {
      const browser = await openScreen({}, cut);
      way?.goAway();
      expect(await browser.message('typing-paused')).toMatchObject({ closesInMs: expect.any(Number) });
      const { keys } = cut.pool.vm('web').inputEvents();
      browser.send(INPUT[0] ?? Buffer.alloc(0));
      expect(await browser.closed).toMatchObject({ code: 4503, kind: 'authorityUnknown' });
      expect(cut.pool.vm('web').inputEvents().keys).toBe(keys);
      expect(browser.receipt).toMatchObject({ inputDropped: 1 });
      const refused = cut.knock((await cut.issue()).ticket);
      expect(await refused.refused).toMatchObject({ status: 503 });
      way?.restore();
      await expect
        .poll(
          async () => (await cut.events()).map(({ action, data }) => `${action} ${data.reason ?? ''}`.trim()),
          { timeout: 8_000 },
        )
        .toEqual([
          'console.open',
          'tunnel.up',
          'tunnel.down authority-unknown',
          'console.close authority-unknown',
        ]);
    } finally {
      await cut.stop();
      await way?.stop();
    }
  });
});

describe('a relay that is told to stop', () => {
  it('moves its consoles on, writes their ends, and takes nobody in', async () => {
    const other = await TestRelay.start();
    try {
      const browser = await openScreen({}, other);
      const pass = await other.issue();
      const stopping = other.stopRelay();
      expect(await browser.closed).toMatchObject({ code: 4000, kind: 'drain' });
      expect(browser.receipt).not.toBeNull();
      await stopping;
      expect((await other.events()).at(-1)).toMatchObject({
        action: 'console.close',
        data: { reason: 'drain' },
      });
      expect((await other.sql.query('SELECT 1 FROM relay')).rowCount).toBe(0);
      expect(other.pool.openTunnels()).toBe(0);
      const late = other.knock(pass.ticket);
      expect((await late.closed).code).toBe(1006);
    } finally {
      await other.stop();
    }
  });
});
