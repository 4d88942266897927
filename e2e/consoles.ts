import { expect, type Page } from '@playwright/test';
import { orgOf } from './people.ts';
import { machineId } from './portal-api.ts';

/** Opens a machine's screen from the list and waits for its first picture. */
export async function openScreen(page: Page, name: string): Promise<void> {
  await gotoConsole(page, name, 'screen');
  await expect(page.getByTestId('console-canvas-host').locator('canvas')).toBeVisible();
  await expect(page.getByTestId('console-state')).toHaveAttribute('data-state', 'open', { timeout: 30_000 });
}

/** Opens a machine's text console and waits until it is live. */
export async function openText(page: Page, name: string): Promise<void> {
  await gotoConsole(page, name, 'text');
  await expect(page.getByTestId('console-state')).toHaveAttribute('data-state', 'open', { timeout: 30_000 });
}

export async function gotoConsole(
  page: Page,
  name: string,
  kind: 'screen' | 'text',
  mode = '',
): Promise<void> {
  const org = orgOf(page);
  const id = await machineId(page, org, name);
  await page.goto(`/o/${org}/machines/${id}/console/${kind}${mode}`);
}

/** Keys that a US keyboard gives with Shift held: a guest's keyboard driver sees keys, not characters. */
const SHIFTED: Record<string, string> = {
  '>': 'Period',
  '?': 'Slash',
  '|': 'Backslash',
  '"': 'Quote',
  _: 'Minus',
};

/** Types a line on the captured screen, as fingers would on a US keyboard, and presses Enter. */
export async function typeOnScreen(page: Page, line: string): Promise<void> {
  for (const character of line) {
    const code = SHIFTED[character];
    if (code === undefined) await page.keyboard.type(character);
    else await page.keyboard.press(`Shift+${code}`);
    await page.waitForTimeout(30);
  }
  await page.keyboard.press('Enter');
}

/** Types a line into the terminal and presses Enter. */
export async function typeInText(page: Page, line: string): Promise<void> {
  await page.locator('.xterm').click();
  await page.keyboard.type(`${line}\n`, { delay: 20 });
}

/** The text that the terminal shows, line by line, from its accessible rows. */
export async function readTerminal(page: Page): Promise<string> {
  return page.evaluate(() =>
    [...document.querySelectorAll('.xterm-rows > div')]
      .map((row) => row.textContent?.replaceAll(' ', ' ').trimEnd())
      .join('\n'),
  );
}
