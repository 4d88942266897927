import { expect, test } from '@playwright/test';
import { gotoConsole } from './consoles.ts';
import { control } from './control.ts';
import { signIn } from './people.ts';

/** What the stand-in host does, and the title that a customer then reads (design.md §7). */
const FAULTS = [
  ['unauthorised-401', /Can[’']t reach db-01 right now/],
  ['forbidden-403', /Can[’']t reach db-01 right now/],
  ['not-found-404', /Can[’']t reach db-01 right now/],
  ['internal-500', /Can[’']t reach db-01 right now/],
  ['limit-503', /Another program is on this console/],
  ['eof-after-200', /Can[’']t reach db-01 right now/],
  ['garbage-after-200', /Can[’']t reach db-01 right now|That isn[’']t a console/],
] as const;

test.describe('a host that does not give a console', () => {
  test.afterEach(() => control('fault', { vm: 'db-01', fault: null }));

  for (const [fault, title] of FAULTS) {
    test(`${fault}: the customer reads what happened, and no tunnel is left`, async ({ page }) => {
      await signIn(page, 'customer');
      await control('fault', { vm: 'db-01', fault });
      await gotoConsole(page, 'db-01', 'screen');
      await expect(page.getByRole('heading', { name: title })).toBeVisible({ timeout: 30_000 });
      await expect(page.getByText(/127\.0\.0\.1/)).toHaveCount(0);
      await expect.poll(() => control('openScreens')).toBe(0);
    });
  }
});

/** Machines that have no screen to show now, and the title that says so; nothing is dialled for them. */
const STATES = [
  ['build-01', /build-01 is off/],
  ['mail-01', /mail-01 is paused/i],
  ['router-01', /router-01 has Text only/],
] as const;

test.describe('a machine without a screen', () => {
  for (const [machine, title] of STATES) {
    test(`${machine}: an admin reads why, and the host is left alone`, async ({ page }) => {
      await signIn(page, 'teamAdmin');
      await gotoConsole(page, machine, 'screen');
      await expect(page.getByRole('heading', { name: title })).toBeVisible();
      expect(await control('openScreens')).toBe(0);
    });
  }

  test('a machine that nobody has gets the page of what does not exist', async ({ page }) => {
    await signIn(page, 'teamAdmin');
    await page.goto(`/o/acme/machines/${crypto.randomUUID()}/console/screen`);
    await expect(page.getByRole('heading', { name: 'Nothing here' })).toBeVisible();
    await page.goto('/o/acme/machines/not-a-machine');
    await expect(page.getByRole('heading', { name: 'Nothing here' })).toBeVisible();
  });
});
