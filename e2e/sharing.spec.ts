import { expect, test } from '@playwright/test';
import { openScreen } from './consoles.ts';
import { PEOPLE, signIn } from './people.ts';
import { machineId } from './portal-api.ts';

test('an admin shares a machine in one dialog, and taking it back closes the console', async ({
  page,
  browser,
}) => {
  await signIn(page, 'teamAdmin');
  const id = await machineId(page, 'acme', 'db-01');
  await page.goto(`/o/acme/machines/${id}/access`);
  await page.getByRole('button', { name: 'Share' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Who').fill('Tom');
  await page.getByRole('option', { name: /Tom Otto/ }).click();
  await dialog.getByRole('radio', { name: /Viewer/ }).check();
  await dialog.getByLabel('Why').fill('disk full, ticket 4711');
  await dialog.getByRole('button', { name: 'Share' }).click();
  await expect(page.getByRole('row').filter({ hasText: PEOPLE.newcomer.name })).toBeVisible();

  const tom = await (await browser.newContext()).newPage();
  await signIn(tom, 'newcomer');
  await expect(tom.getByTestId('machine-row').filter({ hasText: 'db-01' })).toBeVisible();
  await openScreen(tom, 'db-01');

  const taken = Date.now();
  await page
    .getByRole('row')
    .filter({ hasText: PEOPLE.newcomer.name })
    .getByRole('button', { name: /Remove/ })
    .click();
  await expect(tom.getByRole('heading', { name: 'Your access ended' })).toBeVisible({ timeout: 5_000 });
  expect(Date.now() - taken).toBeLessThan(5_000);
  await tom.goto('/o/acme/machines');
  await expect(tom.getByTestId('machine-row').filter({ hasText: 'db-01' })).toHaveCount(0);
  await tom.context().close();
});
