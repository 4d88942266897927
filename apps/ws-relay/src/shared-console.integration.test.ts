import { ENCODING, encodeKeyEvent } from '@porthole/rfb';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type CanvasSeat, leaveSeat, openCanvasSeat, seesExactly } from '../../../tools/relay/canvas-seat.ts';
import { GuestScreen } from '../../../tools/relay/guest-screen.ts';
import type { TestBrowser } from '../../../tools/relay/test-browser.ts';
import { fastClock, TestRelay } from '../../../tools/relay/test-relay.ts';

let screen: GuestScreen;
let relay: TestRelay;
beforeAll(async () => {
  screen = await GuestScreen.start();
  relay = await TestRelay.start({ pool: withScreen(), relay: { clock: fastClock(4) } });
  await relay.keepNoText();
});
afterAll(async () => {
  await relay.stop();
  await screen.stop();
});
afterEach(() => expect.poll(() => relay.pool.openTunnels()).toBe(0));

function withScreen() {
  const backend = { kind: 'tcp', host: '127.0.0.1', port: screen.port } as const;
  return { limitConsoleSessions: true, vms: [{ name: 'web', screen: backend }] };
}

/** Until everybody sees what the guest shows. */
async function settled(seats: readonly CanvasSeat[]): Promise<void> {
  await expect
    .poll(() => seats.map((seat) => seesExactly(seat, screen)), { timeout: 5_000, interval: 20 })
    .toEqual(seats.map(() => true));
}

function key({ browser }: CanvasSeat, keysym: number, down = true): void {
  browser.send(encodeKeyEvent({ down, keysym }));
}

/** When this is answered, everything before it has been judged. */
async function judged(browser: TestBrowser, id = Math.floor(Math.random() * 1e9)): Promise<void> {
  browser.control({ type: 'ping', id });
  await browser.message('pong', (pong) => pong.id === id);
}

const holderOf = ({ browser }: CanvasSeat) =>
  browser.messages.findLast((message) => message.type === 'keyboard-state')?.holder;

const seatId = async ({ browser }: CanvasSeat) => (await browser.message('welcome')).seatId;

/** Until `who` holds the keyboard, as `witness` was told. */
async function holds(who: CanvasSeat, witness: CanvasSeat): Promise<void> {
  const id = await seatId(who);
  await expect.poll(() => holderOf(witness), { timeout: 5_000 }).toBe(id);
}

describe('a second seat', () => {
  it('sees the guest’s screen to the pixel in its first picture, over the one tunnel that the pool allows', async () => {
    const mira = await openCanvasSeat(relay);
    for (const keysym of [0x6c, 0x73, 0xff0d]) key(mira, keysym);
    await settled([mira]);
    const ada = await openCanvasSeat(relay, { person: relay.world.ada, mode: 'look' });
    await ada.browser.message('step', ({ step }) => step === 'picture');
    expect(seesExactly(ada, screen)).toBe(true);
    expect(relay.pool.openTunnels()).toBe(1);
    await leaveSeat(mira);
    await leaveSeat(ada);
    expect(ada.browser.receipt?.rectangles).toMatchObject({ tight: expect.any(Number) });
    expect(ada.browser.receipt?.rectangles).not.toHaveProperty('hextile');
  });

  it('of the other kind reads that the one place of the machine is taken here, not by a stranger', async () => {
    const mira = await openCanvasSeat(relay);
    const text = await relay.open({ person: relay.world.ada, kind: 'text' });
    expect(await text.closed).toMatchObject({ code: 4409, reason: 'other-kind' });
    expect(relay.pool.openTunnels()).toBe(1);
    await leaveSeat(mira);
  });

  it('stays exact through output, resizes and seats that come and go', async () => {
    const seats = [await openCanvasSeat(relay)];
    const { guest } = screen;
    for (let round = 0; round < 12; round += 1) {
      guest.screen.write(`\x1b[3${round % 8}mround ${round}\r\n${'#'.repeat(round * 9)}\r\n`);
      if (round % 5 === 4) guest.screen.resize(round % 2 === 0 ? 100 : 80, round % 2 === 0 ? 30 : 25);
      if (round % 3 === 1)
        seats.push(
          await openCanvasSeat(
            relay,
            { person: relay.world.ada },
            round === 4 ? [ENCODING.raw, ENCODING.desktopSize] : undefined,
          ),
        );
      if (round % 4 === 3) {
        const [gone] = seats.splice(0, 1);
        if (gone !== undefined) await leaveSeat(gone);
      }
      if (round % 2 === 1) await settled(seats);
    }
    await settled(seats);
    for (const seat of seats) await leaveSeat(seat);
  });

  it('is not slowed by one that reads nothing, which is brought back whole', async () => {
    const [slow, quick] = [await openCanvasSeat(relay), await openCanvasSeat(relay)];
    slow.browser.socket.pause();
    for (let n = 0; n < 30; n += 1) {
      const { updates } = quick.viewer;
      screen.guest.screen.write(`\x1b[2J\x1b[H${String.fromCharCode(33 + n).repeat(1_900)}`);
      await quick.browser.until(() => quick.viewer.updates > updates, 'the next update', 2_000);
    }
    await settled([quick]);
    slow.browser.socket.resume();
    await settled([slow, quick]);
    await leaveSeat(slow);
    await leaveSeat(quick);
  });
});

describe('the keyboard', () => {
  it('is with one seat; the other’s keys are counted and dropped until it is handed over', async () => {
    const [mira, ada] = [
      await openCanvasSeat(relay),
      await openCanvasSeat(relay, { person: relay.world.ada }),
    ];
    const keys = () => screen.guest.inputs.keys;
    const before = keys();
    key(ada, 0x61);
    await judged(ada.browser);
    key(mira, 0x62);
    key(mira, 0x62, false);
    await expect.poll(keys).toBe(before + 2);
    ada.browser.control({ type: 'keyboard-ask', reason: 'my turn' });
    expect(await mira.browser.message('keyboard-asked')).toMatchObject({
      seatId: await seatId(ada),
      reason: 'my turn',
    });
    mira.browser.control({ type: 'keyboard-hand-over', seatId: await seatId(ada) });
    await ada.browser.message('presence', ({ seats }) =>
      seats.some((seat) => seat.holdsKeyboard && seat.name !== '' && seat.rights.includes('share')),
    );
    await holds(ada, mira);
    key(mira, 0x63);
    await judged(mira.browser);
    key(ada, 0x64);
    await expect.poll(keys).toBe(before + 3);
    await leaveSeat(ada);
    await leaveSeat(mira);
    expect(ada.browser.receipt).toMatchObject({ inputEvents: 1, inputDropped: 1 });
    expect(mira.browser.receipt).toMatchObject({ inputEvents: 2, inputDropped: 1 });
  });

  it('is let go of when its holder leaves with a key down, and is then free', async () => {
    const [mira, ada] = [
      await openCanvasSeat(relay),
      await openCanvasSeat(relay, { person: relay.world.ada }),
    ];
    const before = screen.guest.inputs.keys;
    key(mira, 0xffe3);
    await leaveSeat(mira);
    await expect.poll(() => screen.guest.inputs.keys).toBe(before + 2);
    await ada.browser.message('keyboard-state', ({ holder }) => holder === null);
    ada.browser.control({ type: 'keyboard-take', reason: '' });
    await holds(ada, ada);
    await leaveSeat(ada);
  });

  it('is taken by a Manager with a reason after notice to all, and not by an operator', async () => {
    const [ada, mira] = [
      await openCanvasSeat(relay, { person: relay.world.ada }),
      await openCanvasSeat(relay),
    ];
    mira.browser.control({ type: 'keyboard-take', reason: 'I want it' });
    await judged(mira.browser);
    await holds(ada, mira);
    ada.browser.control({ type: 'keyboard-hand-over', seatId: await seatId(mira) });
    await holds(mira, ada);
    ada.browser.control({ type: 'keyboard-take', reason: 'outage' });
    expect(await mira.browser.message('keyboard-state', ({ taking }) => taking !== null)).toMatchObject({
      taking: { seatId: await seatId(ada), reason: 'outage' },
    });
    await holds(ada, mira);
    const sitter = async (seat: CanvasSeat, name: string) => ({ seatId: await seatId(seat), name });
    const [byAda, byMira] = [await sitter(ada, 'ada'), await sitter(mira, 'mira')];
    await expect
      .poll(async () =>
        (await relay.events()).filter(({ action }) => action.startsWith('keyboard.')).slice(-2),
      )
      .toMatchObject([
        { action: 'keyboard.handed-over', data: { from: byAda, to: byMira } },
        {
          action: 'keyboard.taken',
          data: { from: byMira, to: byAda, why: 'manager', reason: 'outage' },
        },
      ]);
    await leaveSeat(ada);
    await leaveSeat(mira);
  });
});

describe('an organisation that lets nobody take a keyboard', () => {
  it('is obeyed by consoles that are open, within two seconds, and is no more once it says so', async () => {
    const [mira, ada] = [
      await openCanvasSeat(relay),
      await openCanvasSeat(relay, { person: relay.world.ada }),
    ];
    await holds(mira, ada);
    const set = async (rule: 'free' | 'ask-only') => {
      const at = performance.now();
      await relay.sql.query(
        `INSERT INTO tenant_policy (tenant_id, keyboard) VALUES ($1, $2)
         ON CONFLICT (tenant_id) DO UPDATE SET keyboard = $2`,
        [relay.world.acme, rule],
      );
      const ruleOf = () =>
        ada.browser.messages.findLast((message) => message.type === 'keyboard-state')?.rule;
      await expect.poll(ruleOf, { timeout: 5_000 }).toBe(rule);
      expect(performance.now() - at).toBeLessThan(2_000);
    };
    const takings = () =>
      mira.browser.messages.filter((message) => message.type === 'keyboard-state' && message.taking !== null);
    await set('ask-only');
    // A Manager's reason would do otherwise.
    ada.browser.control({ type: 'keyboard-take', reason: 'outage' });
    await judged(ada.browser);
    expect(takings()).toEqual([]);
    await set('free');
    ada.browser.control({ type: 'keyboard-take', reason: 'outage' });
    await holds(ada, mira);
    expect(takings()).not.toEqual([]);
    await leaveSeat(ada);
    await leaveSeat(mira);
  });
});

describe('a text console', () => {
  it('shows a newcomer what was printed, and takes keys from one seat alone', async () => {
    const mira = await relay.open({ kind: 'text' });
    await mira.message('state', ({ state }) => state === 'open');
    mira.send(Buffer.from('echo hello\r'));
    await mira.until(() => mira.received.toString().split('hello').length > 2, 'the echo');
    const ada = await relay.open({ kind: 'text', person: relay.world.ada });
    await ada.until(() => ada.received.toString().includes('hello'), 'the scrollback');
    expect(ada.received.toString()).toBe(mira.received.toString());
    const typed = relay.pool.vm('web').typedBytes();
    ada.send(Buffer.from('reboot\r'));
    await judged(ada);
    expect(relay.pool.vm('web').typedBytes()).toBe(typed);
    mira.send(Buffer.from('\r'));
    await expect.poll(() => ada.received.toString()).toBe(mira.received.toString());
    expect(relay.pool.openTunnels()).toBe(1);
    for (const browser of [mira, ada]) {
      browser.control({ type: 'leave' });
      await browser.closed;
    }
  });
});
