import { recordEvent } from '@porthole/audit';
import { assertConfirmed, sealFor } from '@porthole/auth';
import type { Tx } from '@porthole/db';
import { AppError } from '@porthole/errors';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { assertInTenant } from '../authority/assert-in-tenant.ts';
import { lockAuthority } from '../authority/lock-authority.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg, lineSchema } from '../inputs.ts';
import { doneBy } from '../log/done-by.ts';
import { type Connection, JOINING_RULES, keyOf, loadConnection, SSO_USES } from './connection.ts';

const issuerSchema = z
  .url({ protocol: /^https$/ })
  .max(500)
  .refine((text) => {
    // This is asked also of what is no address at all.
    if (!URL.canParse(text)) return false;
    const { search, hash, username, password } = new URL(text);
    return `${search}${hash}${username}${password}` === '';
  });

export const changeConnectionInput = z.strictObject({
  ...inOrg,
  /** Of the settings that the person saw; 0: there were none. */
  version: z.number().int().nonnegative(),
  issuer: issuerSchema,
  clientId: lineSchema(1, 200),
  /** Null: the one that is kept. */
  clientSecret: z.string().min(1).max(500).nullable(),
  use: z.enum(SSO_USES),
  joining: z.enum(JOINING_RULES),
});

/**
 * Sets where the organisation's people prove who they are. Where single sign-on becomes the only way, sessions of those whom it
 * concerns end, with their consoles.
 *
 * @throws ForbiddenError `rbac/forbidden`, ConfirmFirstError `auth/confirm-first`; AppError `sso/no-key`,
 *   `sso/changed-meanwhile`, `sso/secret-missing`
 */
export async function changeConnection(
  { db, clock, ssoKey }: Pick<AllDeps, 'db' | 'clock' | 'ssoKey'>,
  actor: Actor,
  { org: _org, version, clientSecret, use, ...wanted }: z.infer<typeof changeConnectionInput>,
): Promise<{ version: number }> {
  const { tenantId } = actor;
  assertConfirmed(actor, clock());
  const key = keyOf({ ssoKey });
  return db.withTenant(tenantId, async (tx) => {
    await lockAuthority(tx, tenantId);
    const { now } = await assertInTenant(tx, actor, 'people.manage');
    const before = await loadConnection(tx, tenantId);
    assertAsSeen(before, version);
    assertHasSecret(before, wanted.issuer, clientSecret);
    const isRequired = use === 'only';
    const data = {
      ...wanted,
      isOn: use !== 'off',
      isRequired,
      version: version + 1,
      changedAt: now,
      changedName: actor.personName,
    };
    const sealed =
      clientSecret === null ? null : sealFor(key, `sso-v1|${tenantId}`, Buffer.from(clientSecret, 'utf8'));
    if (before !== null)
      await tx.ssoConnection.updateMany({ where: { tenantId }, data: { ...data, ...sealed } });
    else if (sealed !== null)
      await tx.ssoConnection.create({ data: { tenantId, ...data, ...sealed }, select: { tenantId: true } });
    await recordEvent(tx, tenantId, {
      action: 'sso.changed',
      ...doneBy(actor),
      target: { kind: 'organisation', id: tenantId, name: actor.tenantName },
      data: { ...wanted, use, secret: clientSecret === null ? 'kept' : 'changed' },
    });
    if (isRequired && before?.use !== 'only') await endOtherWays(tx, actor);
    return { version: version + 1 };
  });
}

function assertAsSeen(before: Connection | null, version: number): void {
  if ((before?.version ?? 0) !== version)
    throw new AppError({
      code: 'sso/changed-meanwhile',
      publicMessage: `${before?.changed.by ?? 'Somebody'} changed this meanwhile. What you wrote is kept.`,
    });
}

/** A secret goes to the issuer that it was typed for, and to no other. */
function assertHasSecret(before: Connection | null, issuer: string, clientSecret: string | null): void {
  if (clientSecret === null && before?.issuer !== issuer)
    throw new AppError({
      code: 'sso/secret-missing',
      publicMessage: 'Enter the client’s secret: it belongs to this issuer alone.',
    });
}

/** Everybody whom it concerns is signed out and comes in again by the only way there is; owners and who acts stay. */
async function endOtherWays(tx: Tx, actor: Actor): Promise<void> {
  const { tenantId, personId } = actor;
  const domains = await tx.ssoDomain.findMany({
    where: { tenantId, verifiedAt: { not: null } },
    select: { domain: true },
  });
  if (domains.length === 0) return;
  const concerned = await tx.membership.findMany({
    where: {
      tenantId,
      role: { not: 'owner' },
      personId: { not: personId },
      person: { OR: domains.map(({ domain }) => ({ email: { endsWith: `@${domain}` } })) },
    },
    select: { personId: true },
  });
  const ids = { in: concerned.map((row) => row.personId) };
  await tx.pendingSignIn.deleteMany({ where: { personId: ids, first: 'password' } });
  const over = await tx.loginSession.findMany({
    where: { personId: ids },
    select: { id: true, person: { select: { id: true, name: true } } },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  });
  // Those that are told, and no more: of one that began meanwhile nobody could read that it ended.
  await tx.loginSession.deleteMany({ where: { id: { in: over.map(({ id }) => id) } } });
  for (const { id, person } of over)
    await recordEvent(tx, tenantId, {
      action: 'session.ended',
      ...doneBy(actor),
      target: { kind: 'session', id, name: null },
      data: { loginSessionId: id, reason: 'single-sign-on-only', person },
    });
}
