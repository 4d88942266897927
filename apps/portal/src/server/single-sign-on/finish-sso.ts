import { randomUUID } from 'node:crypto';
import { recordEvent } from '@porthole/audit';
import {
  blankSsoCookie,
  enterBySso,
  finishOpenId,
  hostCookie,
  linkSubject,
  loginCookie,
  type OpenIdPerson,
  pendingCookie,
  SsoError,
  takeSsoAttempt,
} from '@porthole/auth';
import type { Tx } from '@porthole/db';
import { codeOf } from '@porthole/errors';
import { BINDER_COOKIE, hashBinder, newBinder } from '@porthole/tickets';
import { recordSignIn } from '../auth/record-sign-in.ts';
import { lockAuthority } from '../authority/lock-authority.ts';
import { emailSchema, nameSchema } from '../inputs.ts';
import { doneBy } from '../log/done-by.ts';
import type { RequestFacts } from '../request-facts.ts';
import { admit, findPerson } from './admit.ts';
import type { SsoDeps } from './begin-sso.ts';
import { keyOf, loadClient } from './connection.ts';
import { redirectUriOf } from './redirect-uri.ts';

/** Characters of a name that an issuer gives; those who write theirs here have as many. */
const MAX_PERSON_NAME = 80;
/** Of any name; the table has a check that says the same. */
const MAX_STORED_NAME = 120;

type Request = Pick<RequestFacts, 'ip' | 'userAgent' | 'bearer' | 'setCookie'> & { sso: string | null };

/** Where the browser goes next. */
export type SsoEnd = { next: string | null } & (
  | { kind: 'inside' }
  | { kind: 'factor'; by: readonly string[] }
);

/**
 * Takes what the browser brought back from its issuer. All that is written, from a first account to the session, stands
 * or falls together, with its events.
 *
 * @param search of the address that the issuer sent the browser to
 * @throws SsoError; SignInWaitError is none of this: nothing here can be guessed
 */
export async function finishSso(deps: SsoDeps, request: Request, search: string): Promise<SsoEnd> {
  request.setCookie(blankSsoCookie());
  const attempt = await takeSsoAttempt(deps, request.sso);
  if (attempt === null || deps.ssoKey === null) throw new SsoError('sso/over');
  const { tenantId } = attempt;
  const client = await deps.db.withTenant(tenantId, (tx) => loadClient(tx, tenantId, keyOf(deps)));
  if (client?.issuer !== attempt.issuer || client.clientId !== attempt.clientId)
    throw new SsoError('sso/over');
  try {
    const callback = new URL(`${redirectUriOf(deps.origin)}${search}`);
    const said = await finishOpenId(deps.fetch, client, callback, attempt);
    return {
      next: attempt.next,
      ...(await letIn(deps, request, tenantId, { ...said, issuer: client.issuer })),
    };
  } catch (error) {
    await recordNoEntry(deps, request.ip, tenantId, error);
    throw error;
  }
}

async function letIn(
  deps: SsoDeps,
  { ip, userAgent, bearer: replacing, setCookie }: Request,
  tenantId: string,
  said: OpenIdPerson & { issuer: string },
): Promise<{ kind: 'inside' } | { kind: 'factor'; by: readonly string[] }> {
  const binder = newBinder();
  const facts = { ip, userAgent, replacing, binderHash: hashBinder(binder) };
  const entered = await deps.db.withTenant(tenantId, async (tx) => {
    await lockAuthority(tx, tenantId);
    const email = await vouchedEmail(tx, tenantId, said);
    const known = await findPerson(tx, email);
    const person = known ?? { id: randomUUID(), name: nameOf(said.name, email) };
    await admit(tx, { tenantId, email, person, isNew: known === null, ip, now: deps.clock() });
    const isLinked = await linkSubject(tx, said, person.id);
    if (isLinked)
      await recordEvent(tx, tenantId, {
        action: 'sso.linked',
        ...doneBy({ personId: person.id, personName: person.name, ip }),
        target: { kind: 'person', id: person.id, name: person.name },
        data: { issuer: said.issuer },
      });
    return enterBySso(tx, deps, person, facts, (begun, replaced) =>
      recordSignIn(tx, ip, begun, replaced, 'single-sign-on'),
    );
  });
  if ('pending' in entered) {
    setCookie(pendingCookie(entered.pending));
    return { kind: 'factor', by: entered.ways };
  }
  setCookie(loginCookie(entered.bearer.reveal()));
  setCookie(hostCookie(BINDER_COOKIE, binder.reveal(), { sameSite: 'Strict' }));
  return { kind: 'inside' };
}

/**
 * The address that the issuer checked, of a domain that the organisation has shown to be its own: of no other may its
 * issuer say who somebody is.
 */
async function vouchedEmail(
  tx: Tx,
  tenantId: string,
  { email, isEmailVerified }: OpenIdPerson,
): Promise<string> {
  if (email === null || !isEmailVerified) throw new SsoError('sso/unverified');
  // An issuer writes what it likes: what is no address as we know them never becomes one of ours, nor goes to the log.
  const { data: address } = emailSchema.safeParse(email);
  if (address === undefined) throw new SsoError('sso/unverified');
  const domain = address.slice(address.lastIndexOf('@') + 1);
  if ((await tx.ssoDomain.count({ where: { tenantId, domain, verifiedAt: { not: null } } })) === 0)
    throw new SsoError('sso/other-domain', { account: address });
  return address;
}

/** The name of somebody new, as far as it could be typed here; else their address, which was checked. */
function nameOf(said: string | null, email: string): string {
  const shortened = [...(said ?? '')].slice(0, MAX_PERSON_NAME).join('');
  return nameSchema(MAX_PERSON_NAME).safeParse(shortened).data ?? email.slice(0, MAX_STORED_NAME);
}

async function recordNoEntry(
  { db }: SsoDeps,
  ip: string | null,
  tenantId: string,
  error: unknown,
): Promise<void> {
  const code = codeOf(error);
  if (!(error instanceof SsoError) || code === null) return;
  const { account } = error.details;
  await db.withTenant(tenantId, (tx) =>
    recordEvent(tx, tenantId, {
      action: 'sso.refused',
      outcome: 'refused',
      actor: { personId: null, name: '', kind: 'person' },
      ip,
      data: { reason: code.slice('sso/'.length), ...(typeof account === 'string' ? { account } : {}) },
    }),
  );
}
