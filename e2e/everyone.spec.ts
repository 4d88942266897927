import { expect, type Page, test } from '@playwright/test';
import { seriousFindings } from './axe.ts';
import { gotoConsole } from './consoles.ts';
import { asSignedIn, PEOPLE, type Role } from './people.ts';
import { machineId, mutate } from './portal-api.ts';

const PAGES: Partial<Record<Role, readonly string[]>> = {
  customer: [
    '/o/acme/machines',
    '/o/acme/requests',
    '/account/email',
    '/account/security',
    '/account/sessions',
    '/account/tokens',
  ],
  teamAdmin: [
    '/o/acme/people',
    '/o/acme/invitations',
    '/o/acme/teams',
    '/o/acme/teams/{team}',
    '/o/acme/guests',
    '/o/acme/policy',
    '/o/acme/single-sign-on',
    '/o/acme/support',
    '/o/acme/settings/lock',
    '/o/acme/settings/tokens',
  ],
  auditor: ['/o/acme/access', '/o/acme/log', '/o/acme/live', '/o/acme/policy'],
  operator: [
    '/o/northgate/organisations',
    '/o/northgate/pools',
    '/o/northgate/pools/new',
    '/o/northgate/support',
  ],
};

/** No serious finding in light and in dark, one h1, and no line that runs out of a narrow window. */
async function isSound(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
  await page.waitForLoadState('networkidle').catch(() => undefined);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect.soft(await seriousFindings(page), `${page.url()} ${colorScheme}`).toEqual([]);
  }
  await page.setViewportSize({ width: 320, height: 640 });
  const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect.soft(excess, `${page.url()} at 320 px`).toBeLessThanOrEqual(0);
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.emulateMedia({ colorScheme: 'light' });
}

test.describe('every page', () => {
  // Many pages in one browser, whose cache holds the script after the first of them.
  for (const [role, paths] of Object.entries(PAGES) as [Role, readonly string[]][]) {
    test(`of ${role} has no serious finding, light and dark, one h1, and fits 320 px`, async ({ page }) => {
      test.setTimeout(paths.length * 20_000);
      const { org } = PEOPLE[role];
      await asSignedIn(page, role);
      let teamId = '';
      if (paths.some((path) => path.includes('{team}')))
        teamId =
          (await mutate<{ id: string }>(page, 'teams.create', { org, name: 'Looked at' })).data?.id ?? '';
      await page.goto('/');
      await expect(page).toHaveURL(new RegExp(`/o/${org}/`));
      for (const path of paths)
        await test.step(path, async () => {
          await page.goto(path.replace('{team}', teamId));
          await expect(page.getByRole('heading', { name: 'Nothing here' })).toHaveCount(0);
          await isSound(page);
        });
      if (teamId !== '') await mutate(page, 'teams.remove', { org, teamId });
    });
  }

  test('of who is not signed in has no serious finding, light and dark, one h1, and fits 320 px', async ({
    page,
  }) => {
    test.setTimeout(140_000);
    for (const path of [
      '/sign-in',
      '/sign-in/factor',
      '/reset',
      '/sign-up',
      '/door',
      '/invitation',
      '/confirm',
    ])
      await test.step(path, async () => {
        await page.goto(path);
        await isSound(page);
      });
  });

  test('a machine and its console have no serious finding', async ({ page }) => {
    await asSignedIn(page, 'customer');
    const id = await machineId(page, 'acme', 'db-01');
    for (const tab of ['', '/access', '/activity']) {
      await page.goto(`/o/acme/machines/${id}${tab}`);
      await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
      expect(await seriousFindings(page)).toEqual([]);
    }
    await gotoConsole(page, 'db-01', 'screen');
    await expect(page.getByTestId('console-state')).toHaveAttribute('data-state', 'open', {
      timeout: 30_000,
    });
    expect(await seriousFindings(page)).toEqual([]);
  });
});

test('the keyboard alone goes from sign-in to a live console and back', async ({ page }) => {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').focus();
  await page.keyboard.type('mira@acme.example');
  await page.keyboard.press('Tab');
  await page.keyboard.type('porthole-demo-2026');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/o\/acme\/machines/);
  await expect(page.getByTestId('machine-row').first()).toBeVisible();
  // A slow line: the console is still on its way when the search that was cleared is written into the address.
  await page.route(/\/console\?.*_rsc=/, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 600));
    await route.continue();
  });
  await page.keyboard.press('/');
  await page.keyboard.type('db-01');
  await expect(page.getByTestId('machine-row')).toHaveCount(1);
  await expect(page).toHaveURL(/q=db-01/);
  await page.keyboard.press('Escape');
  await page.keyboard.press('j');
  await page.keyboard.press('o');
  await expect(page.getByTestId('console-state')).toHaveAttribute('data-state', 'open', { timeout: 30_000 });
  const leave = page.getByRole('button', { name: 'Leave' });
  await leave.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Open again' })).toBeVisible();
});
