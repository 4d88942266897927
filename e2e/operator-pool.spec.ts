import { expect, test } from '@playwright/test';
import { openScreen } from './consoles.ts';
import { control } from './control.ts';
import { signIn } from './people.ts';

interface Pool {
  address: string;
  fingerprint: string;
  username: string;
  password: string;
}

test('an operator adds a pool by address, fingerprint and account, and opens one of its machines', async ({
  page,
}) => {
  await signIn(page, 'operator');
  await page.goto('/o/northgate/pools');
  await expect(page.getByRole('row').filter({ hasText: 'Frankfurt' })).toContainText('Connected');

  await page.goto('/o/northgate/pools/new');
  await page.getByRole('textbox', { name: 'Address of the coordinator' }).fill('169.254.169.254');
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByText(/isn[’']t allowed/)).toBeVisible();

  const pool = await control<Pool>('poolToAdd');
  await page.getByRole('textbox', { name: 'Address of the coordinator' }).fill(`https://${pool.address}`);
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByText(pool.fingerprint.slice(0, 23))).toBeVisible();
  await page.getByRole('checkbox', { name: 'It matches what the host shows' }).check();

  await page.getByLabel('Name of the pool').fill('Vienna');
  await page.getByLabel('User name at the pool').fill(pool.username);
  await page.getByLabel('Password at the pool').fill(pool.password);
  await page.getByRole('button', { name: 'Add pool' }).click();
  await expect(page.getByText('1 host, ')).toBeVisible({ timeout: 30_000 });
  await page.getByRole('link', { name: 'Go to the pool' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Vienna' })).toBeVisible();
  await expect(page.getByText('Connected').first()).toBeVisible();
  await expect(page.getByText(pool.password)).toHaveCount(0);

  await page.goto('/o/northgate/machines');
  await openScreen(page, 'kiosk-01');
});
