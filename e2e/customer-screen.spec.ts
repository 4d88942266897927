import { expect, test } from '@playwright/test';
import { compareWithGuest } from './compare-picture.ts';
import { openScreen, openText, readTerminal, typeInText, typeOnScreen } from './consoles.ts';
import { signIn } from './people.ts';

test('a customer sees the real guest’s screen, types on it, and the guest obeys', async ({ page }) => {
  await signIn(page, 'customer');
  await openScreen(page, 'web-01');

  await page.getByTestId('console-canvas-host').locator('canvas').click();
  const proof = `seen-${Date.now()}`;
  await typeOnScreen(page, `echo ${proof} > /proof; clear; uname -a; printf '\\033[?25l'`);
  await expect(async () => {
    const picture = await compareWithGuest(page);
    expect(picture.differing, picture.size).toBe(0);
    expect(picture.colours).toBeGreaterThan(1);
  }).toPass({ timeout: 20_000 });

  await openText(page, 'web-01');
  await typeInText(page, 'cat /proof');
  await expect.poll(() => readTerminal(page)).toContain(`\n${proof}`);
});

test('the text console of the same guest takes a command and shows its answer', async ({ page }) => {
  await signIn(page, 'customer');
  await openText(page, 'web-01');
  await typeInText(page, 'echo $((6 * 7))-porthole');
  await expect.poll(() => readTerminal(page)).toContain('42-porthole');
});
