import { type BrowserContext, expect, type Page } from '@playwright/test';

/** The demo's cast, as `npm start` prints it. */
export const PEOPLE = {
  customer: { email: 'mira@acme.example', name: 'Mira Lang', org: 'acme' },
  teamAdmin: { email: 'jon@acme.example', name: 'Jon Weber', org: 'acme' },
  auditor: { email: 'ana@acme.example', name: 'Ana Ruiz', org: 'acme' },
  owner: { email: 'ada@acme.example', name: 'Ada Berg', org: 'acme' },
  newcomer: { email: 'tom@acme.example', name: 'Tom Otto', org: 'acme' },
  stranger: { email: 'gus@globex.example', name: 'Gus Hall', org: 'globex' },
  operator: { email: 'olga@northgate.example', name: 'Olga Operator', org: 'northgate' },
} as const;

export const PASSWORD = 'porthole-demo-2026';
export type Role = keyof typeof PEOPLE;

/** Signs in through the page, as the person would. */
export async function signIn(page: Page, role: Role): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(PEOPLE[role].email);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page).toHaveURL(new RegExp(`/o/${PEOPLE[role].org}/`));
}

type Cookies = Awaited<ReturnType<BrowserContext['cookies']>>;
const kept = new Map<Role, Cookies>();

/**
 * Is signed in already, with a login that tests share: for those that only look, and end no session. The first of a role signs in
 * through the page.
 */
export async function asSignedIn(page: Page, role: Role): Promise<void> {
  const cookies = kept.get(role);
  if (cookies !== undefined) {
    await page.context().addCookies(cookies);
    // So that calls from inside the page have an origin.
    await page.goto('/icon.svg');
    return;
  }
  await signIn(page, role);
  kept.set(role, await page.context().cookies());
}
