import { connect } from 'node:net';
import type { ConsoleFault } from '@porthole/fake-xenserver';
import { CLOSE, type CloseKind, type ConsoleKind, consoleSocketPath, LIMITS } from '@porthole/relay-contract';
import { newBinder, newTicket } from '@porthole/tickets';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { TestViewer } from '../../../tools/relay/test-browser.ts';
import { fastClock, TEST_ORIGIN, TestRelay } from '../../../tools/relay/test-relay.ts';

let relay: TestRelay;
beforeAll(async () => {
  // The long waits of a dial (ten seconds for a fresh session, ten for a first word) pass in half a second.
  relay = await TestRelay.start({
    relay: { clock: fastClock(20), seatLimits: { ...LIMITS, seatsPerConsole: 1 } },
  });
});
afterAll(() => relay.stop());
afterEach(async () => {
  relay.pool.consoleFault({ vm: 'web' }, null);
  await expect.poll(() => relay.pool.openTunnels()).toBe(0);
});

/** The events since the last look, once the console's close is among them. */
let seen = 0;
async function eventsOfOneConsole(): Promise<{ action: string; data: Record<string, unknown> }[]> {
  await expect
    .poll(async () => (await relay.events()).slice(seen).map((event) => event.action))
    .toContain('console.close');
  const events = (await relay.events()).slice(seen);
  seen += events.length;
  return events;
}

async function newEvents() {
  const events = (await relay.events()).slice(seen);
  seen += events.length;
  return events;
}

async function expectEnd(kind: CloseKind, ask: { kind?: ConsoleKind } = {}): Promise<void> {
  const browser = await relay.open(ask);
  if (ask.kind !== 'text') new TestViewer(browser);
  const { code, reason } = await browser.closed;
  expect({ code, reason }).toEqual({ code: CLOSE[kind].code, reason: CLOSE[kind].reason });
  expect(browser.receipt).not.toBeNull();
  const events = await eventsOfOneConsole();
  expect(events.filter(({ action }) => action === 'console.open')).toHaveLength(1);
  expect(events.filter(({ action }) => action === 'console.close')).toMatchObject([
    { data: { reason: CLOSE[kind].reason, receipt: browser.receipt } },
  ]);
}

describe('a host that does not give a console', () => {
  it.each<[ConsoleFault, CloseKind]>([
    ['unauthorised-401', 'hostRefusedSession'],
    ['forbidden-403', 'hostRefusedRole'],
    ['not-found-404', 'hostNoConsole'],
    ['internal-500', 'hostState'],
    ['limit-503', 'hostBusy'],
    ['websocket-503', 'hostBusy'],
    ['redirect-302', 'notAConsole'],
    ['garbage-status', 'notAConsole'],
    ['endless-head', 'notAConsole'],
    ['eof-before-head', 'hostSilent'],
    ['eof-after-200', 'hostSilent'],
    ['silence-after-200', 'hostSilent'],
    ['garbage-after-200', 'notAConsole'],
    ['security-failed', 'notAConsole'],
    ['hostile-size', 'notAConsole'],
    ['hostile-name', 'notAConsole'],
    ['hostile-message', 'notAConsole'],
    ['hostile-rectangle', 'notAConsole'],
    ['cut-mid-stream', 'hostLost'],
  ])('%s ends it as %s', async (fault, kind) => {
    relay.pool.consoleFault({ vm: 'web' }, fault);
    await expectEnd(kind);
  });

  it('trap 2: ends a text console that closes at once as silent, for a 200 is no console', async () => {
    relay.pool.consoleFault({ vm: 'web' }, 'eof-after-200');
    await expectEnd('hostSilent', { kind: 'text' });
  });

  it('with another certificate ends it as such, and gets nothing secret', async () => {
    const { connects } = relay.pool.stats();
    await relay.pool.swapCertificate(0);
    await expectEnd('certificate');
    expect(relay.pool.stats().connects).toBe(connects);
    await relay.sealFreshSession();
  });

  it('behind a closed port ends it as unreachable', async () => {
    await relay.sealFreshSession({ port: 1 });
    await expectEnd('hostUnreachable');
    await relay.sealFreshSession();
  });
});

describe('a machine that has no console now', () => {
  it.each(['Halted', 'Paused', 'Suspended'])('%s ends it as off', async (powerState) => {
    await relay.writeMachine({ powerState });
    await expectEnd('guestOff');
    await relay.writeMachine();
  });

  it('without one of this kind ends it as that', async () => {
    await relay.writeMachine({ screen: null });
    await expectEnd('hostNoConsole');
    await relay.writeMachine();
  });
});

describe('a session that the host no longer knows', () => {
  it('is asked for anew, once, and the console opens', async () => {
    relay.pool.evictSessions();
    const browser = await relay.open();
    const viewer = new TestViewer(browser);
    await expect
      .poll(
        async () =>
          (
            await relay.sql.query(
              "SELECT 1 FROM graphile_worker.jobs WHERE task_identifier = 'refresh-session'",
            )
          ).rowCount,
      )
      .toBe(1);
    await relay.sealFreshSession();
    await viewer.picture();
    browser.leave();
    await browser.closed;
    await eventsOfOneConsole();
  });
});

/** What a stranger sees, to the byte. */
function rawKnock(headers: Record<string, string>, path = consoleSocketPath('relay-1')): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(relay.port, '127.0.0.1');
    let answer = '';
    socket.on('data', (part) => {
      answer += part.toString('latin1');
    });
    socket.on('error', reject).on('close', () => resolve(answer));
    const lines = Object.entries({
      host: 'porthole.example',
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      origin: TEST_ORIGIN,
      ...headers,
    }).map(([name, value]) => `${name}: ${value}`);
    socket.write(`GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
  });
}

const protocols = (ticket: string) => ({
  'sec-websocket-protocol': `porthole.v1, porthole.ticket.${ticket}`,
});

describe('a pass that is not accepted', () => {
  it('is refused alike, to the byte, whatever was wrong with it', async () => {
    const forged = await rawKnock(protocols(newTicket().reveal()));
    expect(forged).toBe('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');

    const used = await relay.issue();
    const first = relay.knock(used.ticket);
    await first.message('welcome');
    expect(await rawKnock(protocols(used.ticket.reveal()))).toBe(forged);
    first.leave();
    await first.closed;

    const expired = await relay.issue();
    await relay.sql.query(
      "UPDATE console_ticket SET created_at = now() - interval '1 hour', expires_at = now() - interval '59 minutes 30 seconds' WHERE id = $1",
      [expired.ticketId],
    );
    const otherBrowser = await relay.issue();
    const otherSite = await relay.issue();
    const gone = await relay.issue();
    await relay.sql.query('UPDATE access_grant SET ended_at = now() WHERE id = $1', [relay.world.grant]);

    for (const [what, knock] of [
      ['expired', rawKnock(protocols(expired.ticket.reveal()))],
      ['without its browser', rawKnock(protocols(otherBrowser.ticket.reveal()))],
      [
        'from another site',
        rawKnock({ ...protocols(otherSite.ticket.reveal()), origin: 'https://evil.example' }),
      ],
      ['malformed', rawKnock(protocols('short'))],
      ['at another relay', rawKnock(protocols(newTicket().reveal()), consoleSocketPath('relay-2'))],
      ['no pass at all', rawKnock({})],
    ] as const)
      expect(await knock, what).toBe(forged);
    const lost = await relay.knock(gone.ticket).refused;
    expect(lost).toMatchObject({ status: 401, body: '' });
    await relay.sql.query('UPDATE access_grant SET ended_at = NULL WHERE id = $1', [relay.world.grant]);

    expect(await relay.outcomeOf(expired.ticketId)).toBe('expired');
    expect(await relay.outcomeOf(otherBrowser.ticketId)).toBe('other-browser');
    await expect.poll(() => relay.outcomeOf(otherSite.ticketId)).toBe('other-site');
    expect(await relay.outcomeOf(gone.ticketId)).toBe('right-gone');
    await expect
      .poll(async () =>
        (await relay.events())
          .slice(seen)
          .map(({ action, data }) => `${action} ${data.reason ?? ''}`.trim())
          .sort(),
      )
      .toEqual(
        [
          'console.open',
          'console.denied used-before',
          'console.close left',
          'console.denied expired',
          'console.denied other-browser',
          'console.denied other-site',
          'console.denied no-grant',
          'tunnel.up',
          'tunnel.down left',
        ].sort(),
      );
    await newEvents();
  });

  it('of another browser is still good in its own', async () => {
    const { ticket } = await relay.issue();
    expect(await relay.knock(ticket, { binder: newBinder().reveal() }).refused).toMatchObject({
      status: 401,
    });
    const browser = relay.knock(ticket);
    await browser.message('welcome');
    browser.leave();
    await browser.closed;
    await eventsOfOneConsole();
  });

  it('is written to the platform’s log where nobody issued it', async () => {
    const platform = '00000000-0000-0000-0000-000000000000';
    const before = (await relay.events(platform)).length;
    await rawKnock(protocols(newTicket().reveal()));
    await expect
      .poll(async () => (await relay.events(platform)).slice(before))
      .toMatchObject([{ action: 'console.denied', data: { reason: 'forged' } }]);
  });
});

describe('a console with no free seat', () => {
  it('closes the second opener with its limit, and the first stays', async () => {
    const first = await relay.open();
    await first.message('welcome');
    const pass = await relay.issue();
    const second = relay.knock(pass.ticket);
    expect(await second.closed).toMatchObject({ code: 4409, reason: 'limit-console' });
    expect(await relay.outcomeOf(pass.ticketId)).toBe('limit-console');
    first.leave();
    await first.closed;
    await eventsOfOneConsole();
  });
});

describe('the door itself', () => {
  it('answers a head that is too large with 431 and nothing else', async () => {
    expect(await rawKnock({ 'x-filler': 'a'.repeat(9_000) })).toBe(
      'HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n',
    );
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`x-${index}`, '1']));
    expect(await rawKnock(many)).toMatch(/^HTTP\/1\.1 431 /);
  });

  it('tells an operator that it is well', async () => {
    for (const path of ['/healthz', '/readyz'])
      expect((await fetch(`http://127.0.0.1:${relay.port}${path}`)).status).toBe(200);
    expect((await fetch(`http://127.0.0.1:${relay.port}/`)).status).toBe(401);
  });
});
