import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { TestViewer } from '../../../tools/relay/test-browser.ts';
import { TestRelay } from '../../../tools/relay/test-relay.ts';

let relay: TestRelay;
beforeAll(async () => {
  relay = await TestRelay.start();
  await relay.keepNoText();
});
afterAll(() => relay.stop());
afterEach(async () => {
  await setPolicy('off', null);
  await expect.poll(() => relay.pool.openTunnels()).toBe(0);
});

async function setPolicy(rule: 'off' | 'members', ageMs: number | null): Promise<void> {
  await relay.sql.query(
    `INSERT INTO tenant_policy (tenant_id, second_factor, console_factor_max_age_ms) VALUES ($1, $2, $3)
     ON CONFLICT (tenant_id) DO UPDATE SET second_factor = $2, console_factor_max_age_ms = $3`,
    [relay.world.acme, rule, ageMs],
  );
}

/** When every session of the test proved a factor; null: never. */
async function setFactor(secondsAgo: number | null): Promise<void> {
  await relay.sql.query(`UPDATE login_session SET factor_at = now() - make_interval(secs => $1)`, [
    secondsAgo,
  ]);
}

const lastDenial = async () =>
  (await relay.events()).filter(({ action }) => action === 'console.denied').at(-1)?.data.reason;

describe('an organisation that asks for a second factor', () => {
  it('closes the consoles of who has none, and none of who has one', async () => {
    await setFactor(null);
    const without = await relay.open();
    await new TestViewer(without).picture();
    await setPolicy('members', null);
    expect((await without.closed).code).toBe(4403);
    await setFactor(3_600);
    const withOne = await relay.open();
    await new TestViewer(withOne).picture();
    withOne.control({ type: 'leave' });
    expect((await withOne.closed).code).toBe(1000);
  });

  it('redeems no pass without one, whoever issued it', async () => {
    await setFactor(null);
    await setPolicy('members', null);
    const { ticket } = await relay.issue();
    expect((await relay.knock(ticket).refused).status).toBe(401);
    expect(await lastDenial()).toBe('factor-missing');
  });

  it('opens no console by an old one, and lets what is open be', async () => {
    await setPolicy('off', 60_000);
    await setFactor(95);
    const { ticket } = await relay.issue();
    expect((await relay.knock(ticket).refused).status).toBe(401);
    expect(await lastDenial()).toBe('factor-stale');
    // A pass may be half a minute old, and its factor was fresh when it was issued.
    await setFactor(75);
    const browser = await relay.open();
    await new TestViewer(browser).picture();
    await setFactor(3_600);
    await relay.sql.query('UPDATE tenant SET authority_epoch = authority_epoch + 1 WHERE id = $1', [
      relay.world.acme,
    ]);
    const stays = await Promise.race([
      browser.closed.then(() => 'closed'),
      new Promise((resolve) => setTimeout(() => resolve('open'), 2_500)),
    ]);
    expect(stays).toBe('open');
    browser.control({ type: 'leave' });
    await browser.closed;
  });
});
