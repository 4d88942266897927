import { expect, type Page, test } from '@playwright/test';
import { control } from './control.ts';
import { PEOPLE, signIn } from './people.ts';
import { machineId, mutate, query } from './portal-api.ts';
import { keyHex, openRaw } from './raw-viewer.ts';

interface Pass {
  ticketId: string;
  ticket: string;
  path: string;
}

/** A pass to look at the screen of `db-01`, asked for by who is signed in. */
async function passToLook(page: Page): Promise<Pass> {
  const vmId = await machineId(page, 'acme', 'db-01');
  const { data } = await mutate<Pass>(page, 'console.open', {
    org: 'acme',
    vmId,
    kind: 'screen',
    mode: 'look',
  });
  if (data === null) throw new Error('no pass was issued');
  return data;
}

test.describe('a pass', () => {
  test('works once: the second use is refused, and only its owner learns why', async ({ page }) => {
    await signIn(page, 'customer');
    const pass = await passToLook(page);
    expect(await openRaw(page, pass.path, pass.ticket)).toMatchObject({ opened: true });
    expect(await openRaw(page, pass.path, pass.ticket)).toMatchObject({ opened: false, code: 1006 });
    const outcome = await query<{ outcome: string }>(page, 'console.outcome', {
      org: 'acme',
      ticketId: pass.ticketId,
    });
    expect(outcome.data?.outcome).toBe('opened');
    await expect.poll(() => control('openScreens')).toBe(0);
  });

  test('is worth nothing in another browser', async ({ page, browser }) => {
    await signIn(page, 'customer');
    const pass = await passToLook(page);
    const other = await (await browser.newContext()).newPage();
    await signIn(other, 'stranger');
    expect(await openRaw(other, pass.path, pass.ticket)).toMatchObject({ opened: false, code: 1006 });
    await other.context().close();
  });

  test('that nobody issued is refused like any other', async ({ page }) => {
    await signIn(page, 'customer');
    const pass = await passToLook(page);
    expect(await openRaw(page, pass.path, 'A'.repeat(43))).toMatchObject({
      opened: false,
      code: 1006,
    });
  });
});

test.describe('rights', () => {
  test('a member without a grant neither sees the machine nor gets a pass for it', async ({
    page,
    browser,
  }) => {
    await signIn(page, 'customer');
    const vmId = await machineId(page, 'acme', 'web-01');
    const other = await (await browser.newContext()).newPage();
    await signIn(other, 'newcomer');
    await other.goto('/o/acme/machines');
    await expect(other.getByRole('heading', { name: 'Machines', level: 1 })).toBeVisible();
    await expect(other.getByText('web-01')).toHaveCount(0);
    const refused = await mutate<Pass>(other, 'console.open', { org: 'acme', vmId, mode: 'look' });
    const absent = await mutate<Pass>(other, 'console.open', {
      org: 'acme',
      vmId: crypto.randomUUID(),
      mode: 'look',
    });
    expect(refused.data).toBeNull();
    expect({ status: refused.status, code: refused.code }).toEqual({
      status: absent.status,
      code: absent.code,
    });
    await other.goto(`/o/acme/machines/${vmId}`);
    await expect(other.getByRole('heading', { name: 'Nothing here' })).toBeVisible();
    await other.context().close();
  });

  test('a stranger of another organisation gets the page of what does not exist', async ({ page }) => {
    await signIn(page, 'stranger');
    await page.goto(`/o/${PEOPLE.customer.org}/machines`);
    await expect(page.getByRole('heading', { name: 'Nothing here' })).toBeVisible();
  });

  test('who may only look cannot type, not even past the viewer', async ({ page }) => {
    await signIn(page, 'customer');
    const vmId = await machineId(page, 'acme', 'db-01');
    const typing = await mutate<Pass>(page, 'console.open', {
      org: 'acme',
      vmId,
      kind: 'screen',
      mode: 'type',
    });
    expect(typing.data).toBeNull();
    const pass = await passToLook(page);
    const before = await control<{ keys: number }>('inputEvents', { vm: 'db-01' });
    const outcome = await openRaw(page, pass.path, pass.ticket, keyHex(0x61).repeat(5));
    const after = await control<{ keys: number }>('inputEvents', { vm: 'db-01' });
    expect(outcome).toMatchObject({ opened: true, receipt: { inputEvents: 0, inputDropped: 10 } });
    expect(after.keys).toBe(before.keys);
  });
});
