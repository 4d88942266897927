import { expect, test } from '@playwright/test';
import { seriousFindings } from './axe.ts';
import { openScreen } from './consoles.ts';
import { PEOPLE, signIn } from './people.ts';
import { machineId, mutate } from './portal-api.ts';

test('an admin makes a team by keyboard, puts two people in, takes one out and back, renames and removes it; who is out of it is off its consoles', async ({
  page,
  browser,
}) => {
  await signIn(page, 'teamAdmin');
  await page.goto('/o/acme/people');
  await page.getByRole('link', { name: 'Teams', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Teams' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'New team' })).toBeVisible();
  const singleKeys = async (choice: 'On' | 'Off') => {
    await page.getByRole('button', { name: /^You, / }).click();
    await page.getByRole('menuitemradio', { name: choice, exact: true }).click();
    await page.keyboard.press('Escape');
  };
  await singleKeys('Off');
  await page.keyboard.press('n');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await singleKeys('On');
  await page.keyboard.press('n');
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByLabel('Name')).toBeFocused();
  await dialog.getByRole('button', { name: 'Make team' }).click();
  await expect(dialog.getByText('Type a name for the team')).toBeVisible();
  await expect(dialog.getByLabel('Name')).toBeFocused();
  await dialog.getByLabel('Name').fill('Night shift');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Night shift' })).toBeVisible();
  await expect(page.getByText('Nobody is in this team yet.')).toBeVisible();

  // Esc closes the list of names first, then the dialog, and the focus is back where it came from.
  const add = page.getByRole('button', { name: 'Add people' });
  await add.click();
  const names = dialog.getByRole('combobox', { name: 'People' });
  await names.fill('o');
  await page.keyboard.press('Escape');
  await expect(names).toHaveValue('o');
  await page.keyboard.press('Escape');
  await expect(add).toBeFocused();
  await page.keyboard.press('Enter');
  for (const name of [PEOPLE.newcomer.name, PEOPLE.customer.name]) {
    await names.fill(name);
    await page.keyboard.press('Enter');
    await expect(dialog.getByRole('button', { name: `Take ${name} out` })).toBeVisible();
  }
  expect(await seriousFindings(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(page.getByRole('heading', { name: '2 people' })).toBeVisible();
  const tom = page.getByRole('row').filter({ hasText: PEOPLE.newcomer.name });
  await page.getByRole('button', { name: `Take out ${PEOPLE.newcomer.name}` }).click();
  await expect(tom).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(tom).toBeVisible();

  await page.getByRole('button', { name: 'Rename' }).click();
  await dialog.getByLabel('Name').fill('Early shift');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Early shift' })).toBeVisible();
  expect(await seriousFindings(page)).toEqual([]);
  await tom.getByRole('link', { name: PEOPLE.newcomer.name }).click();
  await page.getByRole('link', { name: 'Early shift' }).click();

  // What the team is given, its people have; who is taken out loses it at once, console and all.
  await expect(page.getByRole('heading', { level: 1, name: 'Early shift' })).toBeVisible();
  const teamId = new URL(page.url()).pathname.split('/').at(-1) ?? '';
  const over = { kind: 'vm', vmId: await machineId(page, 'acme', 'db-01') };
  const terms = { over, role: 'viewer', rights: [], endsAt: null, reason: '' };
  const to = [{ kind: 'team', id: teamId }];
  expect((await mutate(page, 'grants.give', { org: 'acme', to, ...terms })).status).toBe(200);
  const his = await (await browser.newContext()).newPage();
  await signIn(his, 'newcomer');
  await openScreen(his, 'db-01');
  const takenOut = Date.now();
  await page.getByRole('button', { name: `Take out ${PEOPLE.newcomer.name}` }).click();
  await expect(his.getByRole('heading', { name: 'Your access ended', exact: true })).toBeVisible({
    timeout: 5_000,
  });
  expect(Date.now() - takenOut).toBeLessThan(5_000);
  await expect(his.getByTestId('console-canvas-host').locator('canvas')).toHaveCount(0);
  await his.goto('/o/acme/machines');
  await expect(his.getByText('No machine is shared with you yet')).toBeVisible();
  await his.context().close();

  await page.getByRole('button', { name: 'Remove team' }).click();
  const question = page.getByRole('alertdialog');
  await expect(question).toContainText(
    '1 person is in it and stays a member. The 1 grant to it ends, and consoles that stand on it close.',
  );
  await question.getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Teams' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Early shift' })).toHaveCount(0);
});
