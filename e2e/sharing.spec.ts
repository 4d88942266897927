import { expect, test } from '@playwright/test';
import { openScreen } from './consoles.ts';
import { asSignedIn, PEOPLE, signIn } from './people.ts';
import { machineId, mutate } from './portal-api.ts';

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

test('Access says because of what somebody can look, and takes that back, and gives it again', async ({
  page,
}) => {
  await asSignedIn(page, 'teamAdmin');
  await page.goto('/o/acme/access');
  const vmId = await machineId(page, 'acme', 'db-01');
  await page.getByLabel('Person', { exact: true }).last().fill('Tom');
  const tom = page.getByRole('option', { name: /Tom Otto/ });
  await tom.click();
  await expect(page.getByText('Tom Otto can reach no machine.')).toBeVisible();
  const personId = new URL(page.url()).searchParams.get('person');
  const grant = {
    org: 'acme',
    to: [{ kind: 'person', id: personId }],
    over: { kind: 'vm', vmId },
    role: 'viewer',
    rights: [],
    endsAt: null,
    reason: 'ticket 4712',
  };
  expect((await mutate(page, 'grants.give', grant)).status).toBe(200);

  const row = page.getByTestId('access-row').filter({ hasText: 'db-01' });
  await expect(row).toContainText('given by Jon Weber');
  await row.getByRole('button', { name: 'Why: db-01' }).click();
  const sheet = page.getByRole('dialog', { name: 'Tom Otto on db-01' });
  await expect(sheet).toContainText('ticket 4712');
  await sheet.getByRole('button', { name: 'Remove access of Tom Otto' }).click();
  await expect(row).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(row).toBeVisible();

  await page.goto(`/o/acme/access?machine=${vmId}`);
  await expect(page.getByTestId('access-row').filter({ hasText: 'Tom Otto' })).toBeVisible();
  await expect(page.getByRole('row', { name: /^Jon Weber/ })).toContainText('role here');
  await page.getByRole('button', { name: 'Why: Tom Otto' }).click();
  await page.getByRole('button', { name: 'Remove access of Tom Otto' }).click();
  await expect(page.getByTestId('access-row').filter({ hasText: 'Tom Otto' })).toHaveCount(0);
});
