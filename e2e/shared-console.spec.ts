import { expect, type Page, test } from '@playwright/test';
import { compareWithGuest } from './compare-picture.ts';
import { openScreen, openText, readTerminal, typeInText, typeOnScreen } from './consoles.ts';
import { control } from './control.ts';
import { PEOPLE, signIn } from './people.ts';

const chip = (page: Page) => page.locator('[data-keyboard-chip]');
const strip = (page: Page) => page.getByTestId('keyboard-strip');
const canvas = (page: Page) => page.getByTestId('console-canvas-host').locator('canvas');

/** The canvas is, pixel by pixel, what the guest shows now. */
async function seesTheGuest(...pages: Page[]): Promise<void> {
  await expect(async () => {
    for (const page of pages) {
      const picture = await compareWithGuest(page);
      expect(picture.differing, picture.size).toBe(0);
      expect(picture.colours).toBeGreaterThan(1);
    }
  }).toPass({ timeout: 30_000 });
}

/** Types over whatever stood there; the cursor is hidden, since its blinking would differ between two looks. */
const proofLine = (proof: string) => `echo ${proof} >> /shared; clear; cat /shared; printf '\\033[?25l'`;

test('two people at one machine share one line and hand the keyboard to each other', async ({
  page: mira,
  browser,
}) => {
  const stamp = Date.now();
  const [first, dropped, second, third] = ['mira', 'nobody', 'jon', 'again'].map(
    (word) => `${word}-${stamp}`,
  );
  await signIn(mira, 'customer');
  const jon = await (await browser.newContext()).newPage();
  await signIn(jon, 'teamAdmin');

  await openScreen(mira, 'web-01');
  await canvas(mira).click();
  await expect(chip(mira)).toHaveText('Keyboard: you');
  await openScreen(jon, 'web-01');
  await expect(chip(jon)).toHaveText(`Keyboard: ${PEOPLE.customer.name}`);
  for (const page of [mira, jon]) {
    const here = page.getByRole('list', { name: 'Who is here' });
    await expect(here.getByRole('listitem')).toHaveCount(2);
    await expect(here.getByText(/, typing$/)).toHaveCount(1);
    await expect(here.getByText(/, looking$/)).toHaveCount(1);
  }
  expect(await control('openScreens')).toBe(1);

  await canvas(mira).click();
  await typeOnScreen(mira, proofLine(first ?? ''));
  await seesTheGuest(mira, jon);

  await jon.getByRole('button', { name: 'Ask for the keyboard' }).click();
  await jon.getByLabel(/Why you ask/).fill('disk is full');
  await jon.getByRole('button', { name: 'Ask', exact: true }).click();
  await expect(strip(jon)).toContainText(`${PEOPLE.customer.name} was asked`);
  await expect(strip(mira)).toContainText(`${PEOPLE.teamAdmin.name} asks for the keyboard`);
  await expect(strip(mira)).toContainText('disk is full');
  // Being asked takes nothing away: she types on.
  await expect(chip(mira)).toHaveText('Keyboard: you');
  await mira.getByRole('button', { name: 'Hand over' }).click();

  await expect(chip(jon)).toHaveText('Keyboard: you');
  await expect(strip(jon)).toContainText('The keyboard is yours');
  await expect(strip(mira)).toContainText(`${PEOPLE.teamAdmin.name} has the keyboard now`);
  await canvas(mira).click();
  await typeOnScreen(mira, proofLine(dropped ?? ''));
  await typeOnScreen(jon, proofLine(second ?? ''));
  await seesTheGuest(mira, jon);

  await jon.getByRole('button', { name: 'Leave' }).click();
  await expect(jon.getByRole('button', { name: 'Open again' })).toBeVisible();
  await expect(chip(mira)).toHaveText('Nobody has the keyboard');
  expect(await control('openScreens')).toBe(1);
  await mira.getByRole('button', { name: 'Take keyboard' }).first().click();
  await expect(chip(mira)).toHaveText('Keyboard: you');
  await typeOnScreen(mira, proofLine(third ?? ''));
  await seesTheGuest(mira);

  await openText(mira, 'web-01');
  await typeInText(mira, 'tail -n 3 /shared');
  await expect.poll(() => readTerminal(mira)).toContain(`${first}\n${second}\n${third}`);
  expect(await readTerminal(mira)).not.toContain(dropped ?? '');
  await jon.context().close();
});

test('an admin takes the keyboard with a reason, and everybody is told before', async ({
  page: mira,
  browser,
}) => {
  await signIn(mira, 'customer');
  const jon = await (await browser.newContext()).newPage();
  await signIn(jon, 'teamAdmin');
  await openScreen(mira, 'web-01');
  await openScreen(jon, 'web-01');

  await jon.getByRole('button', { name: 'Ask for the keyboard' }).click();
  await mira.bringToFront();
  await jon.getByLabel(/Why you ask/).fill('outage');
  await strip(jon).getByRole('button', { name: 'Take keyboard' }).click();
  await expect(strip(mira)).toContainText(/Jon Weber takes the keyboard in [1-5] s/);
  await expect(strip(mira)).toContainText('outage');
  await expect(chip(jon)).toHaveText('Keyboard: you');
  await expect(strip(mira)).toContainText('Held keys were let go');

  await strip(mira).getByRole('button', { name: 'Ask for it back' }).click();
  await mira.getByRole('button', { name: 'Ask', exact: true }).click();
  await strip(jon).getByRole('button', { name: 'Not now' }).click();
  await expect(strip(mira)).toContainText(`${PEOPLE.teamAdmin.name} keeps it for now`);
  await jon.context().close();
});
