import { expect, test } from '@playwright/test';
import { control } from './control.ts';
import { signIn } from './people.ts';

test('an operator sees the pool’s state, and a wrong address gets its own words', async ({ page }) => {
  await signIn(page, 'operator');
  await page.goto('/o/northgate/pools');
  await expect(page.getByRole('row').filter({ hasText: 'Frankfurt' })).toContainText('Connected');

  await page.goto('/o/northgate/pools/new');
  await page.getByRole('textbox', { name: 'Address of the coordinator' }).fill('169.254.169.254');
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByText(/isn[’']t allowed/)).toBeVisible();

  const [host] = await control<{ address: string; port: number; fingerprint256: string }[]>('hosts');
  if (host === undefined) throw new Error('the stand-in pool has no host');
  await page
    .getByRole('textbox', { name: 'Address of the coordinator' })
    .fill(`https://${host.address}:${host.port}`);
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByText(host.fingerprint256.slice(0, 23))).toBeVisible();
});
