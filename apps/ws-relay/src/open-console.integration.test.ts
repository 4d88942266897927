import { encodeKeyEvent } from '@porthole/rfb';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { TestViewer } from '../../../tools/relay/test-browser.ts';
import { TestRelay } from '../../../tools/relay/test-relay.ts';

let relay: TestRelay;
beforeAll(async () => {
  relay = await TestRelay.start();
  await relay.keepNoText();
});
afterAll(() => relay.stop());
afterEach(() => expect.poll(() => relay.pool.openTunnels()).toBe(0));

const actions = async () => (await relay.events()).map((event) => event.action);

describe('a screen', () => {
  it('comes from the pass to the picture, takes keys, and ends in the log', async () => {
    const browser = await relay.open();
    const welcome = await browser.message('welcome');
    expect(welcome).toMatchObject({
      kind: 'screen',
      rights: ['look', 'type', 'clipboard'],
      state: 'dialling',
    });
    const viewer = new TestViewer(browser);
    await viewer.picture();
    expect(browser.messages.filter(({ type }) => type === 'step')).toMatchObject([
      { step: 'pass' },
      { step: 'host' },
      { step: 'line' },
      { step: 'console' },
      { step: 'picture' },
    ]);
    browser.send(encodeKeyEvent({ down: true, keysym: 0x61 }));
    browser.send(encodeKeyEvent({ down: false, keysym: 0x61 }));
    await expect.poll(() => relay.pool.vm('web').inputEvents().keys).toBe(2);
    browser.control({ type: 'leave' });
    const { code } = await browser.closed;
    expect(code).toBe(1000);
    expect(browser.receipt).toMatchObject({ inputEvents: 2, inputDropped: 0 });
    expect(browser.receipt?.updates).toBeGreaterThan(0);
    await expect.poll(actions).toEqual(['console.open', 'tunnel.up', 'tunnel.down', 'console.close']);
    const [open, , down, close] = await relay.events();
    expect(open?.data).toMatchObject({ kind: 'screen', mode: 'type', seatId: welcome.seatId });
    expect(down?.data).toMatchObject({
      reason: 'left',
      receipt: { inputEvents: 2, inputDropped: 0, redials: 0, seats: 1, mostSeats: 1 },
    });
    expect(down?.data.receipt).toMatchObject({
      updates: browser.receipt?.updates,
      rectangles: browser.receipt?.rectangles,
      pixels: browser.receipt?.pixels,
      bytesFromHost: expect.any(Number),
    });
    expect(close?.data).toMatchObject({ reason: 'left', seatId: welcome.seatId, receipt: browser.receipt });
  });
});

describe('a text console', () => {
  it('passes text both ways', async () => {
    const browser = await relay.open({ kind: 'text' });
    await browser.message('state', ({ state }) => state === 'open');
    browser.send(Buffer.from('echo porthole\r'));
    await browser.until(() => browser.received.includes('porthole'), 'an echo');
    await browser.message('step', ({ step }) => step === 'picture');
    browser.leave();
    await browser.closed;
  });
});
