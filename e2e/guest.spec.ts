import { expect, type Page, test } from '@playwright/test';
import { seriousFindings } from './axe.ts';
import { control } from './control.ts';
import { signIn } from './people.ts';
import { machineId } from './portal-api.ts';

interface Mail {
  to: string;
  subject: string;
  text: string;
}

/** What the newest mail to somebody holds. */
async function inMail(to: string, subject: RegExp, wanted: RegExp): Promise<string> {
  const find = async () =>
    wanted.exec(
      (await control<Mail[]>('mails')).find((mail) => mail.to === to && subject.test(mail.subject))?.text ??
        '',
    )?.[0] ?? null;
  await expect.poll(find, { timeout: 15_000 }).not.toBeNull();
  return (await find()) ?? '';
}

const door = (page: Page) => page.getByTestId('door-state');

test('a guest comes by a mailed link, waits at the door, is let in to look, and is out when the link is ended', async ({
  page: jon,
  browser,
}) => {
  const email = `nina-${Date.now()}@guest.example`;
  await signIn(jon, 'teamAdmin');
  const id = await machineId(jon, 'acme', 'web-01');
  await jon.goto(`/o/acme/machines/${id}/access?share=1`);
  await jon.getByRole('dialog').getByRole('button', { name: 'Make a guest link' }).click();
  const dialog = jon.getByRole('dialog', { name: 'Guest link to web-01' });
  await dialog.getByLabel('Name of the guest').fill('Nina Guest');
  await dialog.getByLabel('E-mail').fill(email);
  await dialog.getByLabel('Why').fill('disk full, ticket 4711');
  await expect(dialog.getByRole('radio', { name: /^Look Sees/ })).toBeChecked();
  await expect(dialog.getByRole('checkbox', { name: /Waits at the door/ })).toBeChecked();
  expect(await seriousFindings(jon)).toEqual([]);
  await dialog.getByRole('button', { name: 'Make and send' }).click();
  const row = jon.getByTestId('guest-link').filter({ hasText: email });
  await expect(row).toContainText('Nobody has come in');
  expect(await seriousFindings(jon)).toEqual([]);

  const nina = await (await browser.newContext({ viewport: { width: 360, height: 740 } })).newPage();
  const link = await inMail(email, /Jon Weber invites you to look at web-01/, /https?:\/\/\S+#\S+/);
  await nina.goto(link);
  await nina.getByRole('button', { name: 'Send the code' }).click();
  expect(nina.url()).toBe(link.replace(/#.*/, ''));
  const code = await inMail(email, /Your code/, /\d{4} \d{4}/);
  await nina.getByLabel('Code').fill(code);
  expect(await seriousFindings(nina)).toEqual([]);
  await nina.getByRole('button', { name: 'Continue' }).click();
  await nina.getByRole('button', { name: 'Knock' }).click();
  await expect(door(nina)).toHaveAttribute('data-state', 'waiting');
  expect(await seriousFindings(nina)).toEqual([]);

  const knock = jon.getByTestId('knock');
  await expect(knock).toContainText('Nina Guest waits at the door');
  await expect(jon).toHaveTitle(/^\(!\) /);
  expect(await seriousFindings(jon)).toEqual([]);
  await jon.goto(`/o/acme/machines/${id}/console/screen`);
  await jon.getByRole('button', { name: 'Let in: Nina Guest' }).click();
  await expect(knock).toHaveCount(0);

  const state = nina.getByTestId('console-state');
  await expect(state).toHaveAttribute('data-state', 'open', { timeout: 30_000 });
  await expect(nina.getByTestId('console-canvas-host').locator('canvas')).toBeVisible();
  // Nobody is there unseen, and a guest has no other page.
  await expect(jon.getByText('Nina Guest, guest, looking')).toBeAttached();
  await expect(nina.getByRole('link')).toHaveCount(0);
  await nina.getByTestId('console-canvas-host').click();
  await expect(nina.getByText('Keyboard: you')).toHaveCount(0);
  expect((await nina.request.get('/api/trpc/auth.me')).status()).toBe(401);
  expect(await seriousFindings(nina)).toEqual([]);

  await jon.goto(`/o/acme/guests`);
  const listed = jon.getByTestId('guest-link').filter({ hasText: email });
  await expect(listed).toContainText('Inside');
  expect(await seriousFindings(jon)).toEqual([]);
  const endedAt = Date.now();
  await listed.getByRole('button', { name: /^End now: the link of Nina/ }).click();
  await expect(nina.getByRole('heading', { name: 'Your visit is over' })).toBeVisible({ timeout: 5_000 });
  expect(Date.now() - endedAt).toBeLessThan(5_000);

  await listed.getByRole('link', { name: /^Story of Nina Guest/ }).click();
  await expect(jon.getByTestId('trail-line')).toContainText([
    /Jon Weber invited Nina Guest as a guest to web-01/,
    /sent Nina Guest the link/,
    /Nina Guest came with the guest link/,
    /proved the address/,
    /knocked at the door/,
    /Jon Weber let Nina Guest in/,
    /asked for the screen/,
    /opened the screen of web-01, looking/,
    /(ended the link|left the console)/,
    /(ended the link|left the console)/,
  ]);
  expect(await seriousFindings(jon)).toEqual([]);
  await jon.goto('/o/acme/log?q=Nina');
  const opened = jon.getByRole('row').filter({ hasText: 'opened the screen of web-01' }).first();
  await expect(opened.getByText('Guest', { exact: true })).toBeVisible();
  await nina.goto(link);
  await expect(nina.getByRole('heading', { name: 'Your visit is over' })).toBeVisible();
  const stranger = await (await browser.newContext()).newPage();
  await stranger.goto(link);
  await expect(stranger.getByRole('heading', { name: 'This link no longer works' })).toBeVisible();
  await Promise.all([nina.context().close(), stranger.context().close()]);
});
