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
      await expect.poll(() => control('openTunnels')).toBe(0);
    });
  }
});
