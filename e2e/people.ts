import { type BrowserContext, expect, type Page } from '@playwright/test';
import { mutate, query } from './portal-api.ts';

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

const homes = new WeakMap<BrowserContext, string>();

/**
 * Signs in with a login of its own, by the call that the form makes: two seconds less than the form, which has journeys of its
 * own (everyone, factor, invitation, single-sign-on). The page is at a picture of ours then, so that calls from inside it have
 * an origin.
 */
export async function signIn(page: Page, role: Role): Promise<void> {
  const { email, org } = PEOPLE[role];
  await page.goto('/icon.svg');
  const answer = await mutate(page, 'auth.signIn', { email, password: PASSWORD });
  // Whoever was left with a second factor by a journey that failed is not inside, whatever comes after.
  expect(answer).toMatchObject({ status: 200, data: { next: 'inside' } });
  homes.set(page.context(), org);
}

/** The organisation of the page's address, or else the one that who signed in here is of. */
export function orgOf(page: Page): string {
  return /^\/o\/([^/]+)/.exec(new URL(page.url()).pathname)?.[1] ?? homes.get(page.context()) ?? '';
}

type Cookies = Awaited<ReturnType<BrowserContext['cookies']>>;
const kept = new Map<Role, Cookies>();

/**
 * Is signed in already, with a login that tests share: for those that only look, and end no session. Anew where a journey in
 * between signed everybody of the organisation out, as single sign-on does.
 */
export async function asSignedIn(page: Page, role: Role): Promise<void> {
  const cookies = kept.get(role);
  if (cookies !== undefined) {
    await page.context().addCookies(cookies);
    homes.set(page.context(), PEOPLE[role].org);
    await page.goto('/icon.svg');
    if ((await query(page, 'auth.factor', null)).status === 200) return;
    await page.context().clearCookies();
  }
  await signIn(page, role);
  kept.set(role, await page.context().cookies());
}
