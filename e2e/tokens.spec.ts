import { expect, type Page, test } from '@playwright/test';
import { seriousFindings } from './axe.ts';
import { asSignedIn, PEOPLE, signIn } from './people.ts';

const MIRA = PEOPLE.customer;
const NAME = 'Nightly restart';

/** What a program with the token reads: no browser, no cookie, no Origin. */
async function readMachines(page: Page, token: string): Promise<{ status: number; text: string }> {
  const input = encodeURIComponent(JSON.stringify({ json: { org: MIRA.org } }));
  const address = new URL(`/api/trpc/machines.list?input=${input}`, page.url());
  // Node's own client, since the page's would send its cookies along.
  const response = await fetch(address, { headers: { authorization: `Bearer ${token}` } });
  return { status: response.status, text: await response.text() };
}

test('an API token is made and copied by keyboard, reads machines, and is ended; who runs the organisation sees whose it was', async ({
  page,
  context,
  browser,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await signIn(page, 'customer');
  await page.goto('/o/acme/machines');
  await page.getByRole('button', { name: `You, ${MIRA.name}` }).click();
  await page.getByRole('menuitem', { name: 'API tokens' }).click();
  await expect(page.getByRole('heading', { name: 'API tokens', level: 1 })).toBeVisible();
  await page.getByRole('button', { name: 'Make an API token' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Make an API token' })).toBeFocused();

  // Nothing is missed before it is sent, and then by name.
  await page.getByRole('button', { name: 'Make token' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByText('Enter a name')).toBeVisible();
  await expect(page.getByText('Tick at least one')).toBeVisible();
  expect(await seriousFindings(page)).toEqual([]);
  await page.getByLabel('Name', { exact: true }).focus();
  await page.keyboard.type(NAME);
  await page.keyboard.press('Tab');
  await expect(page.getByRole('checkbox', { name: /^Machines/ })).toBeFocused();
  await page.keyboard.press('Space');
  await page.getByRole('combobox', { name: 'Works until' }).focus();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');

  await expect(page.getByRole('heading', { name: `Keep ${NAME} now` })).toBeFocused();
  await expect(page.getByText('This is the only time it is shown.')).toBeVisible();
  for (const width of [320, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(
      0,
    );
  }
  expect(await seriousFindings(page)).toEqual([]);
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: /^Copy API token/ })).toBeFocused();
  await page.keyboard.press('Enter');
  const token = await page.evaluate(() => navigator.clipboard.readText());
  expect(token).toMatch(/^porthole_[a-z2-7]{40}$/);
  await expect(page.getByText(token)).toBeVisible();
  await page.getByRole('button', { name: 'I’ve kept it' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByText(token)).toHaveCount(0);

  const read = await readMachines(page, token);
  expect([read.status, read.text.includes('"web-01"')]).toEqual([200, true]);
  await page.reload();
  const row = page.getByTestId('api-token').filter({ hasText: NAME });
  await expect(row).toContainText('Works until');
  await expect(row).not.toContainText('Never');
  expect(await page.content()).not.toContain(token);

  await row.getByRole('button', { name: `End the API token ${NAME}` }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Cancel' })).toBeFocused();
  expect(await seriousFindings(page)).toEqual([]);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(row).toContainText(`Ended by ${MIRA.name}`);
  expect((await readMachines(page, token)).status).toBe(401);

  const jon = await (await browser.newContext()).newPage();
  await asSignedIn(jon, 'teamAdmin');
  await jon.goto('/o/acme/policy');
  await jon.getByRole('link', { name: 'API tokens' }).click();
  const theirs = jon.getByTestId('api-token').filter({ hasText: NAME });
  await expect(theirs).toContainText(MIRA.name);
  await expect(theirs).toContainText(`Ended by ${MIRA.name}`);
  expect(await seriousFindings(jon)).toEqual([]);
  await jon.context().close();
});
