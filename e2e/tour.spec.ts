import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { openScreen, openText, typeInText } from './consoles.ts';
import { asSignedIn, type Role, signIn } from './people.ts';
import { machineId } from './portal-api.ts';

/** Pictures of the product as it runs. `PORTHOLE_IMAGES=1` writes the ones that the README shows. */
const FOLDER = path.join(
  import.meta.dirname,
  process.env.PORTHOLE_IMAGES === '1' ? '../docs/images' : '../reports/tour',
);

test.beforeAll(() => mkdirSync(FOLDER, { recursive: true }));

async function shoot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: path.join(FOLDER, `${name}.png`) });
}

async function pageOf(page: Page, role: Role, address: string, name: string): Promise<void> {
  await asSignedIn(page, role);
  await page.goto(address);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.waitForTimeout(600);
  await shoot(page, name);
}

test('sign-in', async ({ page }) => {
  await page.goto('/sign-in');
  await expect(page.getByRole('button', { name: 'Sign in', exact: true })).toBeVisible();
  await shoot(page, 'sign-in');
});

test('machines, light and dark, wide and narrow', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await pageOf(page, 'teamAdmin', '/o/acme/machines', 'machines');
  await page.emulateMedia({ colorScheme: 'dark' });
  await shoot(page, 'machines-dark');
  await page.setViewportSize({ width: 360, height: 740 });
  await shoot(page, 'machines-phone');
});

test('a machine', async ({ page }) => {
  await asSignedIn(page, 'teamAdmin');
  const id = await machineId(page, 'acme', 'web-01');
  await page.goto(`/o/acme/machines/${id}`);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.waitForTimeout(600);
  await shoot(page, 'machine');
  await page.goto(`/o/acme/machines/${id}/access`);
  await page.waitForTimeout(600);
  await shoot(page, 'access');
  await page.getByRole('button', { name: 'Share web-01' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Share web-01' });
  await dialog.getByLabel('Who').fill('Tom');
  await page.getByRole('option', { name: /Tom Otto/ }).click();
  await expect(dialog.getByTestId('share-preview')).toContainText('Tom Otto can');
  await shoot(page, 'share');
});

test('the consoles', async ({ page }) => {
  await signIn(page, 'customer');
  await openScreen(page, 'web-01');
  await page.getByTestId('console-canvas-host').locator('canvas').click();
  await page.keyboard.type('clear; uname -a; ls /\n', { delay: 40 });
  await page.waitForTimeout(1500);
  await shoot(page, 'console-screen');
  await openText(page, 'web-01');
  await typeInText(page, 'cat /proc/cpuinfo | head -5; ls --color /');
  await page.waitForTimeout(1500);
  await shoot(page, 'console-text');
  await page.getByRole('button', { name: 'Leave' }).click();
  await expect(page.getByRole('button', { name: 'Open again' })).toBeVisible();
  await shoot(page, 'receipt');
});

test('log', async ({ page }) => pageOf(page, 'auditor', '/o/acme/log', 'log'));
test('people', async ({ page }) => pageOf(page, 'teamAdmin', '/o/acme/people', 'people'));
test('pools', async ({ page }) => pageOf(page, 'operator', '/o/northgate/pools', 'pools'));
