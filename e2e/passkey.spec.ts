import { type CDPSession, expect, type Page, test } from '@playwright/test';
import { seriousFindings } from './axe.ts';
import { PASSWORD, PEOPLE, signIn } from './people.ts';

const GUS = PEOPLE.stranger;

/** A device of Chromium's own that keeps passkeys and always finds its owner. */
async function plugIn(page: Page): Promise<{ cdp: CDPSession; authenticatorId: string }> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return { cdp, authenticatorId };
}

async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: `You, ${GUS.name}` }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(/\/sign-in$/);
}

/** The first call is answered as the server answers once the last proof is too old. */
async function refuseOnce(page: Page, call: string): Promise<void> {
  await page.route(
    `**/api/trpc/${call}*`,
    async (route) => {
      const data = {
        code: 'PRECONDITION_FAILED',
        httpStatus: 412,
        appCode: 'auth/confirm-first',
        reference: null,
        retryAfterS: null,
      };
      const error = { json: { message: 'Confirm that it’s you', code: -32_012, data } };
      await route.fulfill({ status: 412, json: [{ error }] });
    },
    { times: 1 },
  );
}

test('a passkey is added by keyboard, named, asked for again, signs in alone and after a password, and is removed', async ({
  page,
}) => {
  const { cdp, authenticatorId } = await plugIn(page);
  await signIn(page, 'stranger');
  await page.goto('/account/security');
  await page.getByRole('button', { name: 'Add a passkey' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Add a passkey' })).toBeFocused();
  expect(await seriousFindings(page)).toEqual([]);
  const name = page.getByLabel('Name', { exact: true });
  await expect(name).toHaveValue(/Chrome \d+/);
  await name.fill('Desk');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Keep your recovery codes' })).toBeFocused();
  await page.getByRole('button', { name: 'I’ve kept them' }).click();
  await expect(page.getByText('10 of 10 left')).toBeVisible();
  expect(await seriousFindings(page)).toEqual([]);

  await page.getByRole('button', { name: 'Rename Desk' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name', { exact: true }).fill('Laptop');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Remove Laptop' })).toBeVisible();

  await refuseOnce(page, 'auth.makeCodes');
  await page.getByRole('button', { name: 'Make new recovery codes' }).click();
  await expect(dialog.getByRole('button', { name: 'Use your passkey' })).toBeFocused();
  expect(await seriousFindings(page)).toEqual([]);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'I’ve kept them' }).click();

  await signOut(page);
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await expect(page).toHaveURL(/\/o\/globex\//);

  await signOut(page);
  await page.getByLabel('E-mail').fill(GUS.email);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Use your passkey' })).toBeFocused();
  expect(await seriousFindings(page)).toEqual([]);
  await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
  await page.keyboard.press('Enter');
  await expect(page.getByText('No passkey was used')).toBeVisible();
  await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true });
  await page.getByRole('button', { name: 'Use your passkey' }).click();
  await expect(page).toHaveURL(/\/o\/globex\//);

  await page.goto('/account/security');
  await page.getByRole('button', { name: 'Remove Laptop' }).click();
  const ask = page.getByRole('alertdialog', { name: 'Remove the passkey Laptop?' });
  await expect(ask).toContainText('It’s your last second factor');
  await ask.getByRole('button', { name: 'Remove' }).click();
  await expect(page.getByRole('button', { name: 'Remove Laptop' })).toHaveCount(0);

  // The device still has it, and it opens nothing.
  await signOut(page);
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await expect(page.getByText('That passkey didn’t match')).toBeVisible();
});
