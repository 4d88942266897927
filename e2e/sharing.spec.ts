import { readFile } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { seriousFindings } from './axe.ts';
import { openScreen } from './consoles.ts';
import { PEOPLE, signIn } from './people.ts';
import { machineId, mutate, query } from './portal-api.ts';

test('an admin shares a machine in one dialog, and taking it back closes the console', async ({
  page,
  browser,
}) => {
  await signIn(page, 'teamAdmin');
  const id = await machineId(page, 'acme', 'db-01');
  await page.goto(`/o/acme/machines/${id}`);
  await expect(page.getByRole('heading', { name: 'db-01', level: 1 })).toBeVisible();
  await page.keyboard.press('s');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Who').fill('Tom');
  await page.getByRole('option', { name: /Tom Otto/ }).click();
  const preview = dialog.getByTestId('share-preview');
  await expect(preview).toContainText(/^Tom Otto can look, type, .* until .* \(today: nothing\)\.$/);
  await dialog.getByRole('button', { name: 'Rights one by one' }).click();
  for (const right of ['Type', 'Copy and paste', 'Discs'])
    await dialog.getByRole('checkbox', { name: right }).uncheck();
  await expect(preview).toContainText('Tom Otto can look and start and shut down until');
  expect(await seriousFindings(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Choose a role instead' }).click();
  await dialog.getByRole('radio', { name: /Viewer/ }).check();
  await expect(preview).toContainText('Tom Otto can look until');
  await dialog.getByLabel('Why').fill('disk full, ticket 4711');
  // Whoever is typed and not picked is not left out silently.
  const who = dialog.getByRole('combobox', { name: 'Who' });
  await who.fill('Ana');
  await dialog.getByRole('button', { name: 'Share' }).click();
  await expect(who).toHaveAccessibleDescription('Pick one from the list, or clear this field.');
  await who.fill('');
  await dialog.getByRole('button', { name: 'Share' }).click();
  await expect(page.getByRole('row').filter({ hasText: PEOPLE.newcomer.name })).toBeVisible();

  const tom = await (await browser.newContext()).newPage();
  await signIn(tom, 'newcomer');
  await tom.goto('/o/acme/machines');
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
  // A fresh login is the proof that the export asks for.
  await signIn(page, 'teamAdmin');
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
  await sheet.getByRole('button', { name: 'Remove this grant of Tom Otto' }).click();
  await expect(row).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(row).toBeVisible();

  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export the access of Tom Otto as CSV' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe('access-Tom Otto.csv');
  expect(await readFile(await file.path(), 'utf8')).toContain(`db-01,${vmId},yes,no,`);

  await page.goto(`/o/acme/access?machine=${vmId}`);
  await expect(page.getByTestId('access-row').filter({ hasText: 'Tom Otto' })).toBeVisible();
  await expect(page.getByRole('row', { name: /^Jon Weber/ })).toContainText('role here');
  await page.getByRole('button', { name: 'Why: Tom Otto' }).click();
  await page.getByRole('button', { name: 'Remove this grant of Tom Otto' }).click();
  await expect(page.getByTestId('access-row').filter({ hasText: 'Tom Otto' })).toHaveCount(0);
});

test('somebody is let in from a live console, to every machine at once', async ({ page }) => {
  await signIn(page, 'teamAdmin');
  const vmId = await machineId(page, 'acme', 'web-01');
  await openScreen(page, 'web-01');
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Share web-01' });
  await dialog.getByLabel('Who').fill('Tom');
  await page.getByRole('option', { name: /Tom Otto/ }).click();
  await dialog.getByRole('combobox', { name: 'On' }).click();
  await page.getByRole('option', { name: 'Every machine', exact: true }).click();
  await expect(dialog.getByTestId('share-preview')).toContainText(/, on \d+ machines\.$/);
  await dialog.getByRole('button', { name: 'Share', exact: true }).click();
  await expect(page.getByText('Tom Otto can reach all machines now')).toBeVisible();
  await expect(page.getByTestId('console-state')).toHaveAttribute('data-state', 'open');
  const { data } = await query<{ id: string; target: { kind: string } }[]>(page, 'grants.list', {
    org: 'acme',
    vmId,
  });
  const grantId = data?.find(({ target }) => target.kind === 'all')?.id;
  expect((await mutate(page, 'grants.end', { org: 'acme', grantId })).status).toBe(200);
});

test('machines that are selected in the list are shared in one dialog, by the keyboard', async ({ page }) => {
  await signIn(page, 'teamAdmin');
  const names = ['build-01', 'mail-01'];
  await page.goto('/o/acme/machines');
  for (const name of names) {
    await page.getByTestId('machine-row').getByRole('link', { name, exact: true }).focus();
    await page.keyboard.press('x');
  }
  const bar = page.getByRole('region', { name: '2 machines selected' });
  await bar.getByRole('button', { name: 'Share…' }).press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Share 2 machines' });
  await dialog.getByLabel('Who').fill('Tom');
  await expect(page.getByRole('option', { name: /Tom Otto/ })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(dialog.getByTestId('share-preview')).toContainText(/^Tom Otto can .*, on 2 machines\.$/);
  expect(await seriousFindings(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Share', exact: true }).press('Enter');
  await expect(page.getByText('Tom Otto can reach 2 machines now')).toBeVisible();
  for (const name of names) {
    const vmId = await machineId(page, 'acme', name);
    const { data } = await query<{ id: string; person: { name: string } | null }[]>(page, 'grants.list', {
      org: 'acme',
      vmId,
    });
    const given = data?.filter(({ person }) => person?.name === PEOPLE.newcomer.name) ?? [];
    expect(given).toHaveLength(1);
    expect((await mutate(page, 'grants.end', { org: 'acme', grantId: given[0]?.id })).status).toBe(200);
  }
});
