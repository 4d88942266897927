import { expect, type Page, test } from '@playwright/test';
import { seriousFindings } from './axe.ts';
import { openScreen } from './consoles.ts';
import { PEOPLE, signIn } from './people.ts';

/** Why nothing can be copied out of the machine that the page is on, or that it can be. */
async function copyItem(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'View', exact: true }).click();
  const item = page.getByRole('menuitem', { name: /[Cc]opy/ });
  const text = (await item.textContent()) ?? '';
  await page.keyboard.press('Escape');
  return text;
}

async function save(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByText('The policy is saved')).toBeVisible();
}

test('an admin narrows the policy: an open console follows, the log says what changed, and nobody saves over another', async ({
  page: jon,
  browser,
}) => {
  const mira = await (await browser.newContext()).newPage();
  await signIn(mira, 'customer');
  await openScreen(mira, 'web-01');
  expect(await copyItem(mira)).not.toContain('is off here');

  await signIn(jon, 'teamAdmin');
  await jon.goto('/o/acme/machines');
  await jon.getByRole('navigation').getByRole('link', { name: 'Policy' }).first().click();
  await expect(jon.getByRole('heading', { name: 'Policy', level: 1 })).toBeVisible();
  const idle = jon.getByLabel('Idle time, in minutes');
  await expect(idle).toHaveValue('30');
  const button = jon.getByRole('button', { name: 'Save changes' });
  await expect(button).toHaveAccessibleDescription('Nothing is changed yet');

  await idle.fill('300');
  await jon.getByRole('radio', { name: /^Into machines only/ }).check();
  await button.click();
  await expect(idle).toBeFocused();
  await expect(idle).toHaveAccessibleDescription(/Idle time is a number of minutes from 1 to 30/);
  const [field, bar] = [await idle.boundingBox(), await button.boundingBox()];
  expect((field?.y ?? 0) + (field?.height ?? 0)).toBeLessThan(bar?.y ?? 0);
  expect(await seriousFindings(jon)).toEqual([]);

  // Somebody else, in another window, is quicker.
  const other = await jon.context().newPage();
  await other.goto('/o/acme/policy');
  await other.getByRole('radio', { name: /^Not at all/ }).check();
  await save(other);
  await expect(jon.getByText(`${PEOPLE.teamAdmin.name} changed this meanwhile`)).toBeVisible();
  await expect(jon.getByText('now Not at all')).toBeVisible();
  await expect(idle).toHaveValue('300');
  expect(await seriousFindings(jon)).toEqual([]);
  await expect.poll(() => copyItem(mira), { timeout: 5_000 }).toContain('is off here');

  await jon.getByRole('button', { name: 'Take theirs' }).click();
  await expect(jon.getByRole('radio', { name: /^Not at all/ })).toBeChecked();
  await idle.fill('10');
  await expect(jon.getByText('1 setting changed')).toBeVisible();
  await save(jon);
  await expect(mira.getByTestId('console-state')).toHaveAttribute('data-state', 'open');

  await jon.goto('/o/acme/log?kind=policy');
  const row = jon.getByRole('row').filter({ hasText: 'changed the policy: Idle time' }).first();
  await row.getByRole('link').click();
  const sheet = jon.getByRole('dialog');
  await expect(sheet.getByText('Before: 30 minutes')).toHaveCount(1);
  await expect(sheet.getByText('After: 10 minutes')).toHaveCount(1);

  const ana = await (await browser.newContext()).newPage();
  await signIn(ana, 'auditor');
  await ana.goto('/o/acme/policy');
  await expect(ana.getByText('10 minutes')).toBeVisible();
  await expect(ana.getByText(`${PEOPLE.teamAdmin.name} changed it last`)).toBeVisible();
  await expect(ana.getByRole('main').getByRole('button')).toHaveCount(0);

  await jon.goto('/o/acme/policy');
  await idle.fill('30');
  await jon.getByRole('radio', { name: /^Both ways/ }).check();
  await save(jon);
  await expect.poll(() => copyItem(mira), { timeout: 5_000 }).not.toContain('is off here');
  await ana.context().close();
  await mira.context().close();
});

test('shortening the longest time asks first where that closes consoles', async ({ page: jon, browser }) => {
  const mira = await (await browser.newContext()).newPage();
  await signIn(mira, 'customer');
  await openScreen(mira, 'db-01');
  await signIn(jon, 'teamAdmin');
  // A minute is the least: for Jon's page the console is made older than that.
  await jon.clock.install();
  await jon.goto('/o/acme/policy');
  await jon.clock.fastForward('05:00');
  const longest = jon.getByLabel('Longest time, in hours');
  await longest.fill('0.05');
  await jon.getByRole('button', { name: 'Save changes' }).click();
  const dialog = jon.getByRole('alertdialog', { name: 'Shorten the longest time to 3 minutes?' });
  await expect(dialog).toContainText('1 console has been open for longer, and closes in a minute.');
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(longest).toHaveValue('0.05');
  await expect(mira.getByTestId('console-state')).toHaveAttribute('data-state', 'open');
  await mira.context().close();
});
