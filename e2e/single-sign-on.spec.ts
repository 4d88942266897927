import { expect, type Page, test } from '@playwright/test';
import { seriousFindings } from './axe.ts';
import { control } from './control.ts';
import { PASSWORD, PEOPLE, signIn } from './people.ts';

const { customer: mira, owner: ada } = PEOPLE;
const DOMAIN = 'acme.example';

// The issuer's certificate is its own.
test.use({ ignoreHTTPSErrors: true });

async function bySingleSignOn(page: Page, email: string): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(email);
  await page.getByRole('button', { name: 'Use single sign-on' }).click();
}

async function byPassword(page: Page, email: string): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

async function save(page: Page, use: RegExp): Promise<void> {
  await page.getByRole('radio', { name: use }).check();
  // Of several that were saved, the word of an earlier one may still stand there.
  const saved = page.waitForResponse(/singleSignOn\.change/);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  expect((await saved).ok()).toBe(true);
  await expect(page.getByText('Single sign-on is saved').first()).toBeVisible();
}

test('an owner shows a domain, sets single sign-on up, people come in by it, and then by nothing else', async ({
  page,
  browser,
}) => {
  const { url, client } = await control<{ url: string; client: { id: string; secret: string } }>(
    'issuer',
    mira,
  );
  await signIn(page, 'owner');
  await page.goto('/o/acme/policy');
  await page.getByRole('link', { name: 'Single sign-on' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Single sign-on' })).toBeVisible();

  await page.getByLabel('Domain', { exact: true }).fill(DOMAIN);
  await page.keyboard.press('Enter');
  const look = page.getByRole('button', { name: `Look now at ${DOMAIN}` });
  await look.click();
  await expect(page.getByText(`_porthole.${DOMAIN} doesn’t say so yet.`)).toBeVisible();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await seriousFindings(page), colorScheme).toEqual([]);
  }
  await page.setViewportSize({ width: 320, height: 640 });
  const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(excess).toBeLessThanOrEqual(0);
  await page.setViewportSize({ width: 1280, height: 800 });
  const chip = page.getByRole('button', { name: /^Copy Text: / });
  const text = /(porthole-domain=\S+)$/.exec((await chip.getAttribute('aria-label')) ?? '')?.[1];
  await control('setText', { name: `_porthole.${DOMAIN}`, text });
  await look.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('listitem').filter({ hasText: DOMAIN })).toContainText('Counts');

  const issuer = page.getByLabel('Issuer', { exact: true });
  await issuer.fill('http://id.acme.example');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(issuer).toHaveAccessibleDescription(/Enter an https address/);
  expect(await seriousFindings(page)).toEqual([]);
  await issuer.fill(url);
  await page.getByLabel('Client id', { exact: true }).fill(client.id);
  await page.getByLabel('Client secret', { exact: true }).fill(client.secret);
  await save(page, /^Beside passwords/);
  await expect(page.getByLabel('Client secret', { exact: true })).toHaveValue('');

  const hers = await (await browser.newContext()).newPage();
  await bySingleSignOn(hers, 'nobody@nowhere.example');
  await expect(hers.getByText('No single sign-on for this address')).toBeVisible();
  expect(await seriousFindings(hers)).toEqual([]);
  await bySingleSignOn(hers, mira.email);
  await expect(hers).toHaveURL(/\/o\/acme\/machines/);
  await expect(hers.getByRole('button', { name: `You, ${mira.name}` })).toBeVisible();

  // The only way: everybody of the domain is signed out and comes back by it alone; a password is turned away like a wrong
  // one, but not an owner's.
  await save(page, /^The only way/);
  await hers.goto('/account/sessions');
  await expect(hers).toHaveURL(/\/sign-in/);
  await bySingleSignOn(hers, mira.email);
  await expect(hers).toHaveURL(/\/o\/acme\/machines/);
  const other = await (await browser.newContext()).newPage();
  await byPassword(other, mira.email);
  await expect(other.getByText('That didn’t match')).toBeVisible();
  await byPassword(other, ada.email);
  await expect(other).toHaveURL(/\/o\/acme\//);
  await other.context().clearCookies();
  await control('issuer', { email: `eve@${DOMAIN}`, name: 'Eve New' });
  await bySingleSignOn(other, `eve@${DOMAIN}`);
  await expect(other.getByText('Your organisation hasn’t added you yet')).toBeVisible();

  await save(page, /^Off/);
  await byPassword(other, mira.email);
  await expect(other).toHaveURL(/\/o\/acme\//);
  await page.goto('/o/acme/log');
  await expect(page.getByText('changed the single sign-on').first()).toBeVisible();
  await Promise.all([hers.context().close(), other.context().close()]);
});
