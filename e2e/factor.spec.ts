import { expect, type Page, test } from '@playwright/test';
import { seriousFindings } from './axe.ts';
import { gotoConsole } from './consoles.ts';
import { PASSWORD, PEOPLE, signIn } from './people.ts';
import { refuseOnce } from './portal-api.ts';
import { appCode } from './totp.ts';

const GUS = PEOPLE.stranger;

/** From the button on the page to the recovery codes, by keyboard alone. @returns the key of the app */
async function setUp(page: Page, { audited }: { audited: boolean }): Promise<string> {
  await page.getByRole('button', { name: 'Set up an app' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('Password', { exact: true })).toBeFocused();
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press('Enter');
  const chip = page.getByRole('button', { name: /^Copy Key: / });
  const key = /: (\S+)$/.exec((await chip.getAttribute('aria-label')) ?? '')?.[1] ?? '';
  expect(key).toMatch(/^[A-Z2-7]{32}$/);
  await expect(page.getByRole('img', { name: 'QR code with the key for your app' })).toBeVisible();
  if (audited) expect(await seriousFindings(page)).toEqual([]);
  await chip.focus();
  await page.keyboard.press('Tab');
  await expect(page.getByLabel('Code', { exact: true })).toBeFocused();
  await page.keyboard.type(appCode(key));
  await expect(page.getByRole('heading', { name: 'Keep your recovery codes' })).toBeFocused();
  return key;
}

/** A console that wants a fresh second factor: the page asks, and then it opens. */
async function openAsked(page: Page, key: string): Promise<void> {
  await refuseOnce(page, 'console.open', 'auth/factor-stale');
  await gotoConsole(page, 'shop-01', 'screen');
  const dialog = page.getByRole('dialog', { name: 'Confirm it’s you' });
  await expect(dialog).toContainText('Globex asks for your second factor before a console opens.');
  const code = dialog.getByLabel('Code', { exact: true });
  await expect(code).toBeFocused();
  expect(await seriousFindings(page)).toEqual([]);
  await page.keyboard.type(appCode(key, 1));
  await expect(page.getByTestId('console-state')).toHaveAttribute('data-state', 'open', { timeout: 30_000 });
}

/** New codes, as if ten minutes had gone by: the act waits for the dialog, and goes on by itself. */
async function makeCodesAsked(page: Page): Promise<string[]> {
  await refuseOnce(page, 'auth.makeCodes', 'auth/confirm-first');
  await page.getByRole('button', { name: 'Make new recovery codes' }).click();
  const dialog = page.getByRole('dialog', { name: 'Confirm it’s you' });
  await expect(dialog.getByLabel('Code', { exact: true })).toBeVisible();
  expect(await seriousFindings(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Use your password' }).click();
  await dialog.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await dialog.getByRole('button', { name: 'Confirm' }).click();
  await expect(page.getByRole('heading', { name: 'Keep your recovery codes' })).toBeVisible();
  const texts = await page.getByRole('main').getByRole('listitem').allTextContents();
  const codes = texts.filter((text) => /^([a-z2-7]{4}-){3}[a-z2-7]{4}$/.test(text));
  expect(codes).toHaveLength(10);
  await page.getByRole('button', { name: 'I’ve kept them' }).click();
  return codes;
}

async function enterPassword(page: Page): Promise<void> {
  // The page's script is there, and with it the address of before.
  await expect(page.getByRole('button', { name: 'Sign in', exact: true })).toBeEnabled();
  await page.getByLabel('E-mail').fill(GUS.email);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page).toHaveURL(/\/sign-in\/factor/);
  await page.waitForLoadState('load');
}

async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: `You, ${GUS.name}` }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(/\/sign-in$/);
}

async function setRule(page: Page, rule: RegExp): Promise<void> {
  await page.goto('/o/globex/policy');
  await page.getByRole('radio', { name: rule }).check();
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByText('The policy is saved')).toBeVisible();
}

async function turnOff(page: Page): Promise<void> {
  await page.goto('/account/security');
  await page.getByRole('button', { name: 'Turn off' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Turn off' }).click();
  await expect(page.getByRole('button', { name: 'Set up an app' })).toBeVisible();
}

test('a second factor is set up by keyboard, asked for at the sign-in, recovered from, and demanded by policy', async ({
  page,
}) => {
  await signIn(page, 'stranger');
  await page.goto('/account/security');
  const key = await setUp(page, { audited: true });
  expect(await seriousFindings(page)).toEqual([]);
  await page.getByRole('button', { name: 'I’ve kept them' }).click();
  await expect(page.getByText('10 of 10 left')).toBeVisible();
  expect(await seriousFindings(page)).toEqual([]);
  const codes = await makeCodesAsked(page);

  await signOut(page);
  await enterPassword(page);
  const code = page.getByLabel('Code', { exact: true });
  await expect(code).toBeFocused();
  await expect(code).toHaveAttribute('autocomplete', 'one-time-code');
  expect(await seriousFindings(page)).toEqual([]);
  // Half a sign-in is none.
  await page.goto('/account/security');
  await expect(page).toHaveURL(/\/sign-in\?/);
  await enterPassword(page);
  await code.fill('000000');
  await expect(page.getByText('That code didn’t match')).toBeVisible();
  await expect(code).toBeFocused();
  await page.getByRole('button', { name: 'Back' }).click();
  await expect(page.getByLabel('E-mail')).toHaveValue(GUS.email);
  await enterPassword(page);
  await code.pressSequentially(appCode(key, 1));
  await expect(page).toHaveURL(/\/account\/security|\/o\/globex\//);

  await signOut(page);
  await enterPassword(page);
  await page.getByRole('button', { name: 'Use a recovery code' }).click();
  await page.getByLabel('Recovery code').fill(codes[0] ?? '');
  await page.getByRole('button', { name: 'Confirm' }).click();
  await expect(page).toHaveURL(/\/o\/globex\//);
  await page.goto('/account/security');
  await expect(page.getByText('9 of 10 left')).toBeVisible();

  await setRule(page, /^Everybody/);
  await turnOff(page);
  await page.goto('/o/globex/machines');
  await expect(page.getByRole('heading', { name: 'Globex asks for a second factor' })).toBeVisible();
  expect(await seriousFindings(page)).toEqual([]);
  await page.getByRole('link', { name: 'Set up' }).click();
  const newKey = await setUp(page, { audited: false });
  await page.getByRole('button', { name: 'I’ve kept them' }).click();
  await expect(page).toHaveURL(/\/o\/globex\/machines/);
  await expect(page.getByRole('heading', { name: 'Machines', level: 1 })).toBeVisible();
  await openAsked(page, newKey);
  await setRule(page, /^Nobody has to/);
  await turnOff(page);
});

test('a sign-in form whose script has not come puts nothing into the address', async ({ browser }) => {
  const page = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(GUS.email);
  await page.getByLabel('Password', { exact: true }).fill('a-secret-that-shows');
  await expect(page.getByRole('button', { name: 'Sign in', exact: true })).toBeDisabled();
  await page.getByLabel('E-mail').press('Enter');
  expect(page.url()).not.toContain('secret');
  await page.goto('/sign-in/factor');
  await page.getByLabel('Code', { exact: true }).fill('123456');
  await page.getByLabel('Code', { exact: true }).press('Enter');
  expect(page.url()).not.toContain('123456');
});
