import { expect, test } from '@playwright/test';
import { openScreen, openText } from './consoles.ts';
import { control } from './control.ts';
import { PEOPLE, signIn } from './people.ts';

const REASON = 'db-01 is being patched';

test('an admin closes somebody’s console from Live with a reason, and the person reads whose doing it was', async ({
  page: jon,
  browser,
}) => {
  await signIn(jon, 'teamAdmin');
  await jon.goto('/o/acme/machines');
  await jon.getByRole('navigation').getByRole('link', { name: 'Live' }).first().click();
  await expect(jon.getByRole('heading', { name: 'Live', level: 1 })).toBeVisible();
  await expect(jon.getByRole('heading', { name: 'No console is open' })).toBeVisible();

  const mira = await (await browser.newContext()).newPage();
  await signIn(mira, 'customer');
  await openScreen(mira, 'db-01');
  // It appears where Jon is looking already, and so does her second one.
  const rows = jon.getByTestId('live-seat');
  await expect(rows).toHaveCount(1);
  const text = await mira.context().newPage();
  await text.goto('/o/acme/machines');
  await openText(text, 'db-01');
  await expect(rows).toHaveCount(2);
  await expect(jon.getByRole('status').first()).toHaveText('2 consoles, 1 person');
  await expect(rows.first()).toContainText(PEOPLE.customer.name);
  await expect(rows.first()).toContainText('Screen, looks');

  const ana = await (await browser.newContext()).newPage();
  await signIn(ana, 'auditor');
  await ana.goto('/o/acme/live');
  await expect(ana.getByTestId('live-seat')).toHaveCount(2);
  const inert = ana.getByRole('button', { name: /^Close / }).first();
  await expect(inert).toHaveAttribute('aria-disabled', 'true');
  await expect(inert).toHaveAccessibleDescription('Your access is to see who is on, not to close it.');
  await ana.emulateMedia({ colorScheme: 'dark' });
  await ana.setViewportSize({ width: 320, height: 640 });
  expect(await ana.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);

  // Enter on a row opens the story of that console.
  await ana.keyboard.press('j');
  await ana.keyboard.press('Enter');
  await expect(ana).toHaveURL(/\/o\/acme\/log\?kind=console&machine=[0-9a-f-]+&person=[0-9a-f-]+$/);
  await expect(ana.getByRole('row').filter({ hasText: 'opened the screen of db-01' }).first()).toBeVisible();
  await ana.getByRole('button', { name: 'Show all machines, not db-01 alone' }).click();
  await expect(ana).not.toHaveURL(/machine=/);

  await rows
    .filter({ hasText: 'Screen' })
    .getByRole('button', { name: `Close ${PEOPLE.customer.name}’s console of db-01` })
    .click();
  const dialog = jon.getByRole('alertdialog');
  await expect(dialog).toContainText(`${PEOPLE.customer.name} has been on its screen`);
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await dialog.getByLabel('Why, if you like').fill(REASON);
  const pressed = Date.now();
  await dialog.getByRole('button', { name: 'Close console' }).click();

  await expect(
    mira.getByRole('heading', { name: `${PEOPLE.teamAdmin.name} closed this console` }),
  ).toBeVisible({ timeout: 5_000 });
  expect(Date.now() - pressed).toBeLessThan(5_000);
  await expect(mira.getByText(`They wrote: “${REASON}”. db-01 keeps running.`)).toBeVisible();
  await expect(mira.getByRole('heading', { name: 'Receipt' })).toBeVisible();
  // Her other console is not concerned, and she may open this one again.
  await expect(text.getByTestId('console-state')).toHaveAttribute('data-state', 'open');
  await expect(rows).toHaveCount(1);
  await expect.poll(() => control('openScreens')).toBe(0);

  await jon.goto('/o/acme/log');
  await expect(
    jon.getByRole('row').filter({ hasText: `closed ${PEOPLE.customer.name}’s console of db-01` }),
  ).toHaveCount(1);
  await ana.context().close();
  await mira.context().close();
});

test('whoever signs out in another window reads that on the console, not nothing', async ({ page }) => {
  await signIn(page, 'customer');
  await openScreen(page, 'db-01');
  const other = await page.context().newPage();
  await other.goto('/o/acme/machines');
  await other.getByRole('button', { name: `You, ${PEOPLE.customer.name}` }).click();
  await other.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'You signed out elsewhere' })).toBeVisible({
    timeout: 5_000,
  });
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page).toHaveURL(/\/sign-in\?next=/);
});
