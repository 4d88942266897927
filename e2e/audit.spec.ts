import { expect, test } from '@playwright/test';
import { openScreen } from './consoles.ts';
import { PEOPLE, signIn } from './people.ts';

test('the log names who, what, when and how long, and proves itself', async ({ page, browser }) => {
  await signIn(page, 'customer');
  await openScreen(page, 'db-01');
  // Long enough for the log to say how long in seconds.
  await page.waitForTimeout(1_500);
  await page.getByRole('button', { name: 'Leave' }).click();
  await expect(page.getByRole('button', { name: 'Open again' })).toBeVisible();

  const auditor = await (await browser.newContext()).newPage();
  await signIn(auditor, 'auditor');
  await auditor.goto('/o/acme/log');
  const story = auditor
    .getByRole('row')
    .filter({ hasText: PEOPLE.customer.name })
    .filter({ hasText: 'db-01' });
  await expect(story.first()).toBeVisible();
  await expect(story.first()).toContainText(/\d{2}:\d{2}:\d{2}/);
  await expect(story.filter({ hasText: /\b\d+ s\b/ }).first()).toBeVisible();

  await auditor.getByRole('button', { name: 'Verify now' }).click();
  await expect(auditor.getByText('Nothing was changed')).toBeVisible();
  await auditor.context().close();
});
