import { expect, type Page, test } from '@playwright/test';
import { seriousFindings } from './axe.ts';
import { openScreen } from './consoles.ts';
import { signIn } from './people.ts';

/** How long an answer is on its way: longer than the next two presses take. */
const ANSWER_MS = 2_000;

const rules = (page: Page) => page.getByTestId('allotment-rule');

test('an operator gives a machine to another organisation by a rule, having seen what moves, and its console closes', async ({
  page,
  browser,
}) => {
  const gus = await (await browser.newContext()).newPage();
  await signIn(gus, 'stranger');
  await openScreen(gus, 'shop-01');

  await signIn(page, 'operator');
  await page.goto('/o/northgate/pools');
  await page.getByRole('link', { name: 'Frankfurt' }).click();
  await page.getByRole('link', { name: 'Allotment' }).click();
  await expect(rules(page)).toHaveCount(2);
  await page.getByRole('button', { name: 'Add rule' }).click();
  await page.getByRole('combobox', { name: 'Look at' }).click();
  await page.getByRole('option', { name: 'Name' }).click();
  await page.getByLabel('The name').fill('SHOP-*');
  await page.getByRole('combobox', { name: 'Goes to' }).fill('Acm');
  await page.getByRole('option', { name: /Acme/ }).click();
  await page.getByRole('button', { name: 'Add to the list' }).click();

  // By the keyboard alone, and the focus stays with the rule.
  await page.getByRole('button', { name: 'Move rule 3 up' }).press('Enter');
  await expect(page.getByRole('button', { name: 'Move rule 2 up' })).toBeFocused();
  await page.keyboard.press('Alt+ArrowUp');
  await expect(rules(page).first()).toContainText('SHOP-*');

  await page.getByRole('button', { name: 'Preview what moves' }).click();
  await expect(page.getByText('1 machine moves.')).toBeVisible();
  await expect(page.getByTestId('move-row')).toContainText(/shop-01.*Globex to Acme.*1 person on it/);
  expect(await seriousFindings(page)).toEqual([]);
  await page.getByRole('button', { name: 'Move 1 machine' }).click();
  const dialog = page.getByRole('alertdialog', { name: 'Move shop-01 to Acme?' });
  await expect(dialog).toContainText('One person is on its console, and it closes.');
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
  const moved = Date.now();
  await dialog.getByRole('button', { name: 'Move 1 machine' }).click();
  await expect(gus.getByRole('heading', { name: 'shop-01 is no longer here' })).toBeVisible({
    timeout: 5_000,
  });
  expect(Date.now() - moved).toBeLessThan(5_000);
  await expect(rules(page).first()).toContainText('1 machine');
  await expect(page.getByTestId('allotted-row').filter({ hasText: 'shop-01' })).toContainText('rule 1');

  // Back as it was, by hand and then by the rules, written before the page has heard what the hand left.
  await page.route(/allotment\.read/, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, ANSWER_MS));
    await route.continue();
  });
  await page.getByRole('checkbox', { name: /shop-01/ }).check();
  await page.getByRole('button', { name: 'Give to…' }).click();
  await page.getByRole('combobox', { name: 'Goes to' }).fill('glob');
  await page.getByRole('option', { name: /Globex/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Preview what moves' }).click();
  await page.getByRole('button', { name: 'Move 1 machine' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Move 1 machine' }).click();
  await expect(page.getByTestId('allotted-row').filter({ hasText: 'shop-01' })).toContainText('by hand');
  await page.getByRole('button', { name: 'Remove rule 1' }).click();
  await page.getByRole('button', { name: 'Preview what moves' }).click();
  await page.getByRole('button', { name: 'Save the rules' }).click();
  await expect(rules(page)).toHaveCount(2);
  await gus.goto('/o/globex/machines');
  await expect(gus.getByTestId('machine-row').filter({ hasText: 'shop-01' })).toBeVisible();
  await gus.context().close();
});
