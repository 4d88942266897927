import { expect, type Page, test } from '@playwright/test';
import { compareWithGuest } from './compare-picture.ts';
import { openScreen, openText, readTerminal, typeInText, typeOnScreen } from './consoles.ts';
import { control } from './control.ts';
import { signIn } from './people.ts';

const state = (page: Page) => page.getByTestId('console-state');
const canvas = (page: Page) => page.getByTestId('console-canvas-host').locator('canvas');

async function seesTheGuest(page: Page): Promise<void> {
  await expect(async () => {
    const picture = await compareWithGuest(page);
    expect(picture.differing, picture.size).toBe(0);
    expect(picture.colours).toBeGreaterThan(1);
  }).toPass({ timeout: 40_000 });
}

test('who works on a machine that reboots stays on its console, and goes on where it comes back', async ({
  page,
}) => {
  await signIn(page, 'customer');
  await openScreen(page, 'web-01');
  await canvas(page).click();
  await expect(page.locator('[data-keyboard-chip]')).toHaveText('Keyboard: you');
  const viewer = await canvas(page).elementHandle();
  const passes: string[] = [];
  page.on('request', (request) => {
    if (request.url().includes('console.open')) passes.push(request.url());
  });

  await control('fault', { vm: 'web-01', fault: 'internal-500' });
  await control('reboot', { vm: 'web-01' });
  await expect(state(page)).toHaveAttribute('data-state', 'redialling');
  await expect(page.getByText('web-01 is rebooting').first()).toBeVisible();
  await expect(page.getByText(/The picture comes back by itself/)).toBeVisible();
  await page.keyboard.type('lost');
  await control('fault', { vm: 'web-01', fault: null });
  await expect(state(page)).toHaveAttribute('data-state', 'open', { timeout: 30_000 });

  // The same viewer goes on, with the keyboard where it was, and no new pass.
  expect(await viewer?.evaluate((element) => element.isConnected)).toBe(true);
  expect(passes).toEqual([]);
  await seesTheGuest(page);
  await expect(async () => {
    await typeOnScreen(page, "clear; printf '\\033[?25l'; echo back");
    await seesTheGuest(page);
  }).toPass({ timeout: 60_000 });

  await page.getByRole('button', { name: 'Leave' }).click();
  await expect(page.getByText('Reconnects')).toBeVisible();
});

test('who comes back to a text console sees what was printed meanwhile', async ({ page }) => {
  const proof = `late-${Date.now()}`;
  await signIn(page, 'customer');
  await openText(page, 'web-01');
  await page.locator('.xterm').click();
  await expect(async () => {
    await page.keyboard.press('Enter');
    expect(await readTerminal(page)).toMatch(/\/ # *$/m);
  }).toPass({ timeout: 60_000 });
  await typeInText(page, `(sleep 3; echo ${proof}) &`);
  await expect.poll(() => readTerminal(page)).toContain('sleep 3');
  await page.getByRole('button', { name: 'Leave' }).click();
  await expect(page.getByRole('button', { name: 'Open again' })).toBeVisible();
  await page.waitForTimeout(4_000);
  await page.getByRole('button', { name: 'Open again' }).click();
  await expect(state(page)).toHaveAttribute('data-state', 'open', { timeout: 30_000 });
  await expect.poll(async () => (await readTerminal(page)).split(proof).length).toBeGreaterThan(2);
  await expect(page.getByText('while you were away')).toBeVisible();
});
