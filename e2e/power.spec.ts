import { expect, type Page, test } from '@playwright/test';
import { control } from './control.ts';
import { PEOPLE, signIn } from './people.ts';

const machineRow = (page: Page, name: string) => page.getByTestId('machine-row').filter({ hasText: name });

test.afterEach(async () => {
  await control('setPowerState', { vm: 'build-01', state: 'Halted' });
  await control('setPowerState', { vm: 'mail-01', state: 'Paused' });
});

test('a team admin starts a machine from the list and from its page, shuts it down after being asked, and all of it stands in its story and the log', async ({
  page,
}) => {
  await signIn(page, 'teamAdmin');
  await page.goto('/o/acme/machines');
  await page.getByRole('button', { name: 'Start build-01' }).click();
  await expect(page.getByRole('link', { name: 'Open console of build-01' })).toBeVisible({
    timeout: 10_000,
  });
  await control('setPowerState', { vm: 'build-01', state: 'Halted' });
  await expect(page.getByRole('button', { name: 'Start build-01' })).toBeVisible({ timeout: 10_000 });
  await page.getByRole('link', { name: 'build-01', exact: true }).click();
  const power = page.getByRole('button', { name: 'Power of build-01' });
  await power.click();
  // Only what leads somewhere from Off is there.
  await expect(page.getByRole('menuitem')).toHaveText(['Start']);
  await page.getByRole('menuitem', { name: 'Start' }).click();
  await expect(page.getByText('Running', { exact: true })).toBeVisible({ timeout: 10_000 });

  await power.click();
  await page.getByRole('menuitem', { name: 'Shut down' }).click();
  const dialog = page.getByRole('alertdialog', { name: 'Shut down build-01?' });
  await expect(dialog).toContainText('Nobody is on its console.');
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await dialog.getByRole('button', { name: 'Shut down' }).click();
  await expect(page.getByText('Off', { exact: true })).toBeVisible({ timeout: 10_000 });

  await page.getByRole('link', { name: 'Activity' }).click();
  const story = page.getByRole('table', { name: 'Power operations' });
  await expect(story.getByRole('row').filter({ hasText: PEOPLE.teamAdmin.name })).toHaveCount(3);
  await expect(story).toContainText('Shut down');
  await page.goto('/o/acme/log');
  await expect(page.getByRole('row').filter({ hasText: 'asked build-01 to shut down' })).toHaveCount(1);
  await expect(
    page.getByRole('row').filter({ hasText: `shut down build-01, asked by ${PEOPLE.teamAdmin.name}` }),
  ).toHaveCount(1);
});

test('who may only look reads why nothing can be pressed', async ({ page }) => {
  await signIn(page, 'customer');
  await page.goto('/o/acme/machines');
  await page.getByRole('link', { name: 'db-01', exact: true }).click();
  await page.getByRole('button', { name: 'Power of db-01' }).click();
  const shutDown = page.getByRole('menuitem', { name: /^Shut down/ });
  await expect(shutDown).toHaveAttribute('aria-disabled', 'true');
  await expect(shutDown).toContainText('Your access to db-01 doesn’t include power.');
});

test('several machines are asked at once, from the keyboard, with a line for each', async ({ page }) => {
  await signIn(page, 'teamAdmin');
  await page.goto('/o/acme/machines');
  await expect(machineRow(page, 'mail-01')).toBeVisible();
  await machineRow(page, 'build-01').getByRole('link', { name: 'build-01' }).focus();
  await page.keyboard.press('x');
  await machineRow(page, 'mail-01').getByRole('checkbox', { name: 'Select mail-01' }).check();
  const bar = page.getByRole('region', { name: '2 machines selected' });
  await bar.getByRole('button', { name: 'Power' }).click();
  await expect(page.getByRole('menuitem', { name: /^Force off/ })).toContainText('1 of 2');
  await expect(page.getByRole('menuitem', { name: /^Resume/ })).toContainText(
    'None of them can do this now.',
  );
  await page.getByRole('menuitem', { name: /^Start/ }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Start' }).click();
  await expect(page.getByRole('dialog', { name: 'What was asked' })).toContainText('build-01: asked');
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
  await expect(bar).toHaveCount(0);
  await expect(machineRow(page, 'build-01')).toContainText('Running', { timeout: 10_000 });
  await expect(machineRow(page, 'mail-01')).toContainText('Paused');
});
