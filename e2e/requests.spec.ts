import { expect, test } from '@playwright/test';
import { seriousFindings } from './axe.ts';
import { openScreen } from './consoles.ts';
import { PEOPLE, signIn } from './people.ts';
import { machineId, mutate, query } from './portal-api.ts';

const { customer: mira, teamAdmin: jon } = PEOPLE;

test('Mira asks from a console that she may only look at, Jon gives less, and her page has it without reload', async ({
  page,
  browser,
}) => {
  await signIn(page, 'customer');
  await openScreen(page, 'db-01');
  await page.getByRole('button', { name: 'Ask for access' }).click();
  const dialog = page.getByRole('dialog', { name: 'Ask for access to db-01' });
  await dialog.getByRole('button', { name: 'Ask', exact: true }).click();
  await expect(dialog.getByLabel('Why')).toHaveAccessibleDescription(/A reason is needed/);
  await dialog.getByLabel('Why').fill('disk full, ticket 4711');
  expect(await seriousFindings(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Ask', exact: true }).click();
  await expect(page.getByText('Waiting for an answer')).toBeVisible();

  const boss = await (await browser.newContext()).newPage();
  await signIn(boss, 'teamAdmin');
  await boss.goto('/o/acme/machines');
  const link = boss
    .getByRole('navigation')
    .getByRole('link', { name: /Requests.*1 waits for you/ })
    .first();
  await link.click();
  await expect(
    boss.getByRole('heading', { name: /Mira Lang asks for Operator on db-01 for 4 hours/ }),
  ).toBeVisible();
  await expect(boss).toHaveTitle(/^\(!\) Requests/);
  expect(await seriousFindings(boss)).toEqual([]);
  await boss.getByRole('heading', { level: 1 }).click();
  await boss.keyboard.press('a');
  const answer = boss.getByRole('dialog', { name: 'Approve Mira Lang on db-01' });
  await answer.getByLabel('For how long').click();
  await boss.getByRole('option', { name: '1 hour', exact: true }).click();
  await answer.getByRole('button', { name: 'Approve', exact: true }).click();
  await expect(boss.getByText(`${jon.name} approved it: Operator, until`)).toBeVisible();

  await expect(page.locator('[data-keyboard-chip]')).toHaveText(/^Keyboard: (free|you)/);
  await page.getByTestId('console-canvas-host').locator('canvas').click();
  await expect(page.locator('[data-keyboard-chip]')).toHaveText('Keyboard: you');
  await expect(page.getByText('You’re looking')).toHaveCount(0);

  const id = await machineId(boss, 'acme', 'db-01');
  await boss.goto(`/o/acme/access?machine=${id}`);
  await expect(boss.getByTestId('access-row').filter({ hasText: mira.name })).toContainText(
    `approved by ${jon.name}`,
  );
  const { data } = await query<{ id: string; request: object | null }[]>(boss, 'grants.list', {
    org: 'acme',
    vmId: id,
  });
  const grantId = data?.find(({ request }) => request !== null)?.id;
  expect((await mutate(boss, 'grants.end', { org: 'acme', grantId })).status).toBe(200);
  await boss.context().close();
});

test('an emergency takes two who confirm, is said to everybody at the machine, and waits for its review', async ({
  page,
  browser,
}) => {
  const [boss, tom] = [
    await (await browser.newContext()).newPage(),
    await (await browser.newContext()).newPage(),
  ];
  await signIn(boss, 'teamAdmin');
  const id = await machineId(boss, 'acme', 'db-01');
  const people = await query<{ id: string; name: string }[]>(boss, 'people.list', { org: 'acme' });
  const personId = people.data?.find(({ name }) => name === PEOPLE.newcomer.name)?.id;
  const manager = {
    org: 'acme',
    to: [{ kind: 'person', id: personId }],
    over: { kind: 'vm', vmId: id },
    role: 'manager',
    rights: [],
    endsAt: null,
    reason: '',
  };
  const grant = await mutate<{ grantIds: string[] }>(boss, 'grants.give', manager);
  await boss.goto('/o/acme/policy');
  await boss.getByRole('radio', { name: /^With two people/ }).check();
  await boss.getByRole('button', { name: 'Save changes' }).click();
  await expect(boss.getByText('The policy is saved')).toBeVisible();

  await signIn(page, 'customer');
  await page.goto(`/o/acme/machines/${id}`);
  await page.getByRole('button', { name: 'Emergency access' }).click();
  const dialog = page.getByRole('dialog', { name: 'Emergency access to db-01' });
  await dialog.getByLabel('Why').fill('database down');
  await dialog.getByRole('button', { name: 'Ask', exact: true }).click();
  await expect(page.getByText('Nobody has confirmed it yet')).toBeVisible();

  await signIn(tom, 'newcomer');
  for (const one of [boss, tom]) {
    await one.goto('/o/acme/requests');
    await one.getByRole('button', { name: 'Confirm the emergency of Mira Lang on db-01' }).click();
  }
  await expect(page.getByText(/Emergency access: Mira Lang is in until/)).toBeVisible();
  await openScreen(tom, 'db-01');
  await expect(tom.getByText(/Emergency access: Mira Lang is in until/)).toBeVisible();
  expect(await seriousFindings(tom)).toEqual([]);

  const review = boss.getByRole('button', { name: 'Review the emergency of Mira Lang on db-01' });
  await expect(review).toBeVisible();
  expect(await seriousFindings(boss)).toEqual([]);
  await review.click();
  await boss.getByLabel(/What was done/).fill('restarted the database, right so');
  await boss.getByRole('button', { name: 'Save the review' }).click();
  await expect(boss.getByText('Reviewed by Jon Weber')).toBeVisible();
  await boss.goto('/o/acme/log?kind=access');
  await expect(boss.getByText('let Mira Lang in by emergency on db-01').first()).toBeVisible();

  await boss.goto('/o/acme/policy');
  await boss.locator('#emergency').getByRole('radio', { name: /^Off/ }).check();
  await boss.getByRole('button', { name: 'Save changes' }).click();
  await expect(boss.getByText('The policy is saved')).toBeVisible();
  const { data } = await query<{ id: string; request: object | null }[]>(boss, 'grants.list', {
    org: 'acme',
    vmId: id,
  });
  for (const grantId of [...(grant.data?.grantIds ?? []), data?.find(({ request }) => request !== null)?.id])
    await mutate(boss, 'grants.end', { org: 'acme', grantId });
  await boss.context().close();
  await tom.context().close();
});
