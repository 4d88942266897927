import { expect, test } from '@playwright/test';
import { seriousFindings } from './axe.ts';
import { gotoConsole, openScreen } from './consoles.ts';
import { asSignedIn, PASSWORD, PEOPLE, signIn } from './people.ts';
import { machineId, refuseOnce } from './portal-api.ts';

const { teamAdmin: jon } = PEOPLE;

test('Jon locks a machine: he reads what closes, it closes, every page says so, and he lifts it by the keyboard', async ({
  page,
  browser,
}) => {
  const mira = await (await browser.newContext()).newPage();
  await asSignedIn(mira, 'customer');
  await mira.goto('/o/acme/machines');
  await openScreen(mira, 'web-01');

  await signIn(page, 'teamAdmin');
  await page.goto(`/o/acme/machines/${await machineId(page, 'acme', 'web-01')}`);
  await page.getByRole('button', { name: 'Lock web-01' }).click();
  const dialog = page.getByRole('dialog', { name: 'Lock web-01' });
  await expect(dialog.getByRole('status')).toHaveText('1 open console closes, of 1 person.');
  await dialog.getByRole('button', { name: 'Lock', exact: true }).click();
  await expect(dialog.getByLabel('Why')).toHaveAccessibleDescription(/Say why/);
  await dialog.getByLabel('Why').fill('stolen laptop');
  expect(await seriousFindings(page)).toEqual([]);
  // As if ten minutes had gone by since he signed in: the lock waits for his proof, over its own dialog, and goes on by itself.
  await refuseOnce(page, 'locks.set', 'auth/confirm-first');
  await page.keyboard.press('Enter');
  const proof = page.getByRole('dialog', { name: 'Confirm it’s you' });
  await proof.getByLabel('Password', { exact: true }).fill(PASSWORD);
  const pressed = Date.now();
  await proof.getByRole('button', { name: 'Confirm', exact: true }).click();
  await expect(mira.getByRole('heading', { name: `Locked by ${jon.name}` })).toBeVisible({ timeout: 8_000 });
  expect(Date.now() - pressed).toBeLessThan(8_000);
  await gotoConsole(mira, 'web-01', 'screen');
  await expect(mira.getByRole('heading', { name: `Locked by ${jon.name}` })).toBeVisible();

  await expect(
    page.getByText(new RegExp(`Locked by ${jon.name}. The machine web-01 has been locked since`)),
  ).toBeVisible();
  await expect(page.getByRole('link', { name: /^Locked since/ })).toBeVisible();
  await page.getByRole('link', { name: 'Show the lock', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Lock', level: 1 })).toBeVisible();
  await expect(page.getByText('stolen laptop')).toBeVisible();
  expect(await seriousFindings(page)).toEqual([]);

  await page.getByRole('button', { name: 'Lift the lock over web-01' }).focus();
  await page.keyboard.press('Enter');
  const lift = page.getByRole('dialog', { name: 'Lift the lock over web-01' });
  await lift.getByLabel('Why').fill('found again');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Nothing of Acme is locked.')).toBeVisible();
  await expect(page.getByText(/has been locked since/)).toHaveCount(0);
  await expect(page.getByText(/Lifted by Jon Weber .*: found again/)).toBeVisible();
  await openScreen(mira, 'web-01');
  await mira.context().close();
});
