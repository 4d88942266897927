import { expect, test } from '@playwright/test';
import { seriousFindings } from './axe.ts';
import { openScreen } from './consoles.ts';
import { asSignedIn, PEOPLE, signIn } from './people.ts';

const { operator: olga, teamAdmin: jon } = PEOPLE;

test('Olga asks to be let in, Jon agrees, everybody sees her, and one press puts her out with her console', async ({
  page,
  browser,
}) => {
  await signIn(page, 'operator');
  await page.goto('/o/northgate/support');
  await page.getByRole('button', { name: 'Ask to be let in' }).click();
  const ask = page.getByRole('dialog', { name: 'Ask to be let in' });
  await ask.getByRole('button', { name: 'Ask', exact: true }).click();
  await expect(ask.getByLabel('Why')).toHaveAccessibleDescription(/Say why/);
  await ask.getByLabel('Organisation').fill('Acme');
  await page.keyboard.press('Enter');
  await ask.getByLabel('Why').fill('ticket 4711');
  expect(await seriousFindings(page)).toEqual([]);
  await page.keyboard.press('Enter');
  await expect(page.getByText(/Waits until/)).toBeVisible();
  await page.goto('/o/acme/machines');
  await expect(page.getByRole('heading', { name: 'Nothing here' })).toBeVisible();
  await page.goto('/o/northgate/support');

  const boss = await (await browser.newContext()).newPage();
  await signIn(boss, 'teamAdmin');
  await boss.goto('/o/acme/support');
  await expect(boss.getByRole('heading', { name: `${olga.name} asked to be let in` })).toBeVisible();
  await boss.getByRole('button', { name: `Let ${olga.name} in` }).focus();
  await boss.keyboard.press('Enter');
  const terms = boss.getByRole('dialog', { name: `Let ${olga.name} in` });
  await terms.getByRole('button', { name: 'Let in', exact: true }).click();
  await expect(boss.getByText(/nobody has come yet/)).toBeVisible();
  expect(await seriousFindings(boss)).toEqual([]);

  await page.getByRole('button', { name: 'Enter Acme' }).click();
  await expect(page).toHaveURL(/\/o\/acme\/machines/);
  await expect(page.getByText(/You are inside as support until/)).toBeVisible();
  await expect(page.getByRole('navigation').getByRole('link')).toHaveText(['Machines']);
  expect(await seriousFindings(page)).toEqual([]);
  await openScreen(page, 'web-01');

  await boss.goto('/o/acme/live');
  const line = boss.getByText(new RegExp(`Support is inside: ${olga.name} until .*, looks`));
  await expect(line).toBeVisible();
  await expect(boss.getByTestId('live-seat').filter({ hasText: olga.name })).toContainText('Support');
  const mira = await (await browser.newContext()).newPage();
  await asSignedIn(mira, 'customer');
  await mira.goto('/o/acme/machines');
  await expect(mira.getByText(/Support is inside/)).toBeVisible();
  await expect(mira.getByRole('button', { name: /End the support/ })).toHaveCount(0);
  await openScreen(mira, 'web-01');
  await expect(mira.getByText(/Support is inside/)).toBeVisible();
  await expect(
    mira.getByRole('list', { name: 'Who is here' }).getByText(`${olga.name}, support, looking`),
  ).toHaveCount(1);

  const pressed = Date.now();
  await boss.getByRole('button', { name: `End the support of ${olga.name}` }).click();
  await expect(page.getByRole('heading', { name: 'Your access ended' })).toBeVisible({ timeout: 5_000 });
  expect(Date.now() - pressed).toBeLessThan(5_000);
  await expect(page.getByText(new RegExp(`${jon.name} withdrew it`))).toBeVisible();
  await expect(line).toHaveCount(0);
  await expect(mira.getByText(/Support is inside/)).toHaveCount(0);
  await expect(mira.getByTestId('console-state')).toHaveAttribute('data-state', 'open');
  await page.goto('/o/acme/machines');
  await expect(page.getByRole('heading', { name: 'Nothing here' })).toBeVisible();
  await mira.context().close();
  await boss.context().close();
});
