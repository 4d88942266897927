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
  await page.reload();
  await expect(page.getByRole('textbox', { name: 'Address of the coordinator' })).toHaveValue(pool.address);
  await page.getByRole('checkbox', { name: 'It matches what the host shows' }).check();
  await expect(page.getByLabel('Name of the pool')).toHaveValue('Vienna');
  await page.getByLabel('Password at the pool').fill('not this one');
  await page.getByRole('button', { name: 'Add pool' }).click();
  await expect(page.getByText(/didn[’']t accept/)).toBeVisible({ timeout: 15_000 });
  await page.getByRole('link', { name: 'Change account' }).click();
  await page.getByLabel('Password at the pool').first().fill(pool.password);
  await page.getByRole('button', { name: 'Change account' }).click();
  await expect(page.getByText('Connected').first()).toBeVisible({ timeout: 15_000 });
  await page.getByRole('link', { name: 'Overview' }).click();
  await expect(page.getByText('Everything: it’s the pool’s local root.')).toBeVisible({ timeout: 15_000 });
  await expect(page.getByRole('heading', { level: 1, name: 'Vienna' })).toBeVisible();
  await expect(page.getByText('Connected').first()).toBeVisible();
  await expect(page.getByText(pool.password)).toHaveCount(0);

  await page.goto('/o/northgate/machines');
  await openScreen(page, 'kiosk-01');
});

test('an operator pauses a pool with somebody on a console there, lets it go on, and removes it', async ({
  page,
  context,
}) => {
  await signIn(page, 'operator');
  await page.goto('/o/northgate/pools');
  await page.getByRole('link', { name: 'Vienna' }).click();
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByLabel('Name of the pool').fill('Vienna two');
  await page.getByRole('button', { name: 'Rename pool' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Vienna two' })).toBeVisible();

  const sitter = await context.newPage();
  await sitter.goto('/o/northgate/machines');
  await openScreen(sitter, 'kiosk-01');
  await page.getByRole('button', { name: 'Pause pool' }).click();
  await expect(page.getByText('One console with one person closes now.')).toBeVisible();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Pause pool' }).click();
  await expect(page.getByRole('heading', { name: 'This pool is paused' })).toBeVisible();
  await expect(sitter.getByText('The pool of kiosk-01 is paused')).toBeVisible();

  await page.getByRole('button', { name: 'Resume pool' }).click();
  await expect(page.getByText('Connected').first()).toBeVisible({ timeout: 15_000 });
  await page.getByRole('button', { name: 'Remove Vienna two' }).click();
  await expect(page.getByText('Nobody is on a console there now.')).toBeVisible();
  const sure = page.getByRole('alertdialog');
  await sure.getByLabel('Type Vienna two to confirm').fill('Vienna two');
  await sure.getByRole('button', { name: 'Remove pool' }).click();
  await expect(page).toHaveURL(/\/pools$/);
  await expect(page.getByRole('link', { name: 'Vienna two' })).toHaveCount(0);
});
