import { expect, type Page, test } from '@playwright/test';
import { seriousFindings } from './axe.ts';
import { openScreen } from './consoles.ts';
import { control } from './control.ts';
import { signIn } from './people.ts';
import { machineId, mutate } from './portal-api.ts';

interface Mail {
  to: string;
  subject: string;
  text: string;
}

/** The link of the newest mail to somebody, once it is there. */
async function mailedLink(to: string, subject: RegExp): Promise<string> {
  const find = async () =>
    (await control<Mail[]>('mails')).find((mail) => mail.to === to && subject.test(mail.subject));
  await expect.poll(async () => (await find())?.to, { timeout: 15_000 }).toBe(to);
  const link = /https?:\/\/\S+#\S+/.exec((await find())?.text ?? '')?.[0];
  if (link === undefined) throw new Error(`no link in the mail to ${to}`);
  return link;
}

/** The secret must be gone from the address by the time the page shows anything. */
async function openLink(page: Page, link: string, heading: RegExp): Promise<void> {
  await page.goto(link);
  await expect(page.getByRole('heading', { name: heading, level: 1 })).toBeVisible();
  expect(page.url()).toBe(link.replace(/#.*/, ''));
  expect(await seriousFindings(page)).toEqual([]);
}

test('somebody is invited by mail, joins as a new person, loses the password, and sets another by mail', async ({
  page: jon,
  browser,
}) => {
  const email = `nina-${Date.now()}@new.example`;
  await signIn(jon, 'teamAdmin');
  await jon.goto('/o/acme/people');
  await jon.getByRole('button', { name: 'Invite', exact: true }).click();
  await jon.getByLabel('E-mail').fill(email);
  expect(await seriousFindings(jon)).toEqual([]);
  await jon.getByRole('button', { name: 'Send invitation' }).click();
  await expect(jon.getByText(`An invitation is on its way to ${email}`)).toBeVisible();
  await jon.getByRole('link', { name: 'Invitations' }).click();
  const row = jon.getByRole('row').filter({ hasText: email });
  await expect(row).toContainText(/Sent \d/);
  expect(await seriousFindings(jon)).toEqual([]);

  const invited = await mailedLink(email, /Jon Weber invites you to Acme/);
  // Who is signed in already is another person: the invitation isn't theirs.
  await openLink(jon, invited, /This invitation is for another address/);

  const nina = await (await browser.newContext()).newPage();
  await openLink(nina, invited, /Join Acme/);
  await nina.getByLabel('Your name').fill('Nina New');
  const password = nina.getByLabel('New password', { exact: true });
  await password.fill('too short');
  await nina.getByRole('button', { name: 'Join Acme' }).click();
  await expect(password).toHaveAccessibleDescription(/needs at least 12 characters/);
  await password.fill('a password of her own');
  await nina.getByRole('button', { name: 'Join Acme' }).click();
  await expect(nina).toHaveURL(/\/o\/acme\/machines/);
  await expect(nina.getByText('No machine is shared with you yet')).toBeVisible();

  // She takes another password while she is signed in, and stays so.
  await nina.goto('/account/security');
  await nina.getByRole('button', { name: 'Change password' }).click();
  expect(await seriousFindings(nina)).toEqual([]);
  await nina.getByLabel('Current password').fill('a password of her own');
  await nina.getByLabel('New password', { exact: true }).fill('another password of hers');
  await nina.keyboard.press('Enter');
  await expect(nina.getByText('Your new password is set')).toBeVisible();

  const late = await (await browser.newContext()).newPage();
  await openLink(late, invited, /This link no longer works/);

  await jon.goto('/o/acme/people');
  await jon.getByRole('link', { name: 'Nina New' }).click();
  await expect(jon.getByRole('heading', { name: 'Nina New', level: 1 })).toBeVisible();
  await expect(jon.getByText(email)).toBeVisible();
  expect(await seriousFindings(jon)).toEqual([]);

  // The same answer for an address that nobody has, and no mail.
  await late.goto('/sign-in');
  await late.getByRole('link', { name: 'Reset password' }).click();
  for (const address of ['nobody@new.example', email]) {
    await late.goto('/reset');
    await late.getByLabel('E-mail').fill(address);
    await late.getByRole('button', { name: 'Send the link' }).click();
    await expect(late.getByText(`If ${address} has an account, a link is on its way.`)).toBeVisible();
  }
  expect(await seriousFindings(late)).toEqual([]);
  const reset = await mailedLink(email, /A new password for Porthole/);
  expect((await control<Mail[]>('mails')).filter(({ to }) => to === 'nobody@new.example')).toEqual([]);
  await openLink(late, reset, /Choose a new password/);
  await late.getByLabel('New password', { exact: true }).fill('quite another password');
  await late.getByRole('button', { name: 'Set the password' }).click();
  await expect(late.getByRole('heading', { name: 'Your new password is set' })).toBeVisible();
  // Her other browser was signed out with it.
  await nina.goto('/o/acme/machines');
  await expect(nina).toHaveURL(/\/sign-in/);

  await late.getByRole('link', { name: 'Sign in' }).click();
  await late.getByLabel('E-mail').fill(email);
  await late.getByLabel('Password', { exact: true }).fill('quite another password');
  await late.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(late).toHaveURL(/\/o\/acme\//);

  // Removed from the organisation while she is on a console: it closes at once and says so; her grants are gone with her row,
  // and with them the name of who took them.
  const to = [{ kind: 'person', id: new URL(jon.url()).pathname.split('/').at(-1) }];
  const over = { kind: 'vm', vmId: await machineId(jon, 'acme', 'db-01') };
  const terms = { over, role: 'viewer', rights: [], endsAt: null, reason: '' };
  expect((await mutate(jon, 'grants.give', { org: 'acme', to, ...terms })).status).toBe(200);
  await openScreen(late, 'db-01');
  await jon.reload();
  await jon.getByRole('button', { name: 'Remove Nina New' }).click();
  await expect(jon.getByRole('alertdialog')).toContainText('They are on 1 console now, which closes.');
  const removed = Date.now();
  await jon.getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(late.getByRole('heading', { name: 'Your access ended', exact: true })).toBeVisible({
    timeout: 5_000,
  });
  expect(Date.now() - removed).toBeLessThan(5_000);
  await expect(late.getByText(/^It was withdrawn at [\d:]+\. db-01 keeps running\.$/)).toBeVisible();
  await expect(late.getByTestId('console-canvas-host').locator('canvas')).toHaveCount(0);
  await expect(late.getByRole('button', { name: 'Ask for access' })).toHaveCount(0);
  await late.getByRole('link', { name: 'Go to machines' }).click();
  await expect(late.getByRole('heading', { name: 'Nothing here' })).toBeVisible();
  await expect(late.getByRole('link', { name: 'Go to organisations' })).toBeVisible();
  await expect(jon.getByText('Nina New was removed')).toBeVisible();
  await expect(jon).toHaveURL(/\/o\/acme\/people$/);
});

test('the provider makes an organisation, suspends it, and lets it go on', async ({ page: olga }) => {
  const slug = `initech-${Date.now()}`;
  await signIn(olga, 'operator');
  await olga.goto('/provider/organisations');
  await expect(olga).toHaveURL(/\/o\/northgate\/organisations/);
  await olga.getByRole('button', { name: 'New organisation' }).click();
  await olga.getByLabel('Name', { exact: true }).fill(`Initech ${slug}`);
  await olga.getByLabel('Short name').fill(slug);
  await olga.getByLabel('E-mail of its owner').fill(`boss@${slug}.example`);
  await olga.getByRole('button', { name: 'Make and invite' }).click();
  const row = olga.getByRole('row').filter({ hasText: slug });
  await expect(row).toContainText('Its owner is invited');
  await mailedLink(`boss@${slug}.example`, /invites you to Initech/);
  await row.getByRole('button', { name: /^Suspend/ }).click();
  await olga.getByRole('alertdialog').getByRole('button', { name: 'Suspend', exact: true }).click();
  await expect(row).toContainText('Suspended since');
  expect(await seriousFindings(olga)).toEqual([]);
  await row.getByRole('button', { name: /go on/ }).click();
  await expect(row).toContainText('Its owner is invited');
});

test('a suspended organisation’s consoles close and say so, and it goes on as it was', async ({
  page: mira,
  browser,
}) => {
  await signIn(mira, 'customer');
  await openScreen(mira, 'web-01');
  const olga = await (await browser.newContext()).newPage();
  await signIn(olga, 'operator');
  await olga.goto('/o/northgate/organisations');
  const row = olga.getByRole('row').filter({ hasText: 'Acme' });
  await row.getByRole('button', { name: /^Suspend/ }).click();
  await olga.getByRole('alertdialog').getByRole('button', { name: 'Suspend', exact: true }).click();
  await expect(mira.getByRole('heading', { name: 'Acme is suspended' })).toBeVisible({ timeout: 5_000 });
  await row.getByRole('button', { name: /go on/ }).click();
  await expect(row).not.toContainText('Suspended since');
  await mira.goto('/o/acme/machines');
  await expect(mira.getByTestId('machine-row').filter({ hasText: 'web-01' })).toBeVisible();
  await olga.context().close();
});
