import { expect, test } from '@playwright/test';
import { seriousFindings } from './axe.ts';
import { control } from './control.ts';
import { signIn } from './people.ts';

test('an operator checks a pool, sees each step come, and reads cause and remedy of a fault', async ({
  page,
}) => {
  await signIn(page, 'operator');
  await page.goto('/o/northgate/pools');
  await page.getByRole('link', { name: 'Frankfurt' }).click();
  await page.getByRole('link', { name: 'Checks', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Not checked yet' })).toBeVisible();
  await page.keyboard.press('r');
  await expect(page.getByRole('button', { name: 'Cancel' })).toBeVisible();
  const fromRelay = page.getByRole('list', { name: 'Steps from the relay' });
  await expect(fromRelay.getByText('First word of the screen').first()).toBeVisible();
  await expect(page.getByRole('heading', { name: /Frankfurt.*Works, with remarks/ })).toBeVisible();
  await expect(page.getByText('An account with the role vm-operator is enough, and safer.')).toBeVisible();
  await expect(page.getByText('Console answer: good').first()).toBeVisible();
  expect(await seriousFindings(page)).toEqual([]);

  await control('fault', { host: 0, fault: 'eof-after-200' });
  try {
    await page.getByRole('button', { name: 'Run checks' }).click();
    await expect(page.getByRole('heading', { name: /Frankfurt.*Something’s in the way/ })).toBeVisible();
    await expect(page.getByText('the machine’s display closed at once').first()).toBeVisible();
    await expect(page.getByText('A reboot of the machine often helps').first()).toBeVisible();
    await expect(page.getByText(/OpaqueRef:[0-9a-f]/)).toHaveCount(0);
  } finally {
    await control('fault', { host: 0, fault: null });
  }
  await page.goto('/o/northgate/pools');
  await expect(page.getByRole('row').filter({ hasText: 'Frankfurt' })).toContainText('In the way');
  await page.getByRole('link', { name: 'Frankfurt' }).click();
  await page.getByRole('button', { name: 'Check frankfurt-host-2' }).click();
  await expect(page.getByRole('heading', { name: /frankfurt-host-2.*(?:All good|Works)/ })).toBeVisible();
});
