import { randomBytes } from 'node:crypto';
import { recordEvent } from '@porthole/audit';
import { assertConfirmed } from '@porthole/auth';
import type { Tx } from '@porthole/db';
import { AppError, codeOf, NotFoundError } from '@porthole/errors';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { assertInTenant } from '../authority/assert-in-tenant.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';
import { doneBy } from '../log/done-by.ts';

/** How many domains one organisation may name. */
export const MAX_DOMAINS = 20;
/** Where in a domain's DNS the text stands. */
export const PROOF_NAME = '_porthole';
const PROOF_PREFIX = 'porthole-domain=';
const TOKEN_BYTES = 20;

const domainSchema = z
  .string()
  .trim()
  .toLowerCase()
  .max(253)
  .regex(/^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/);
export const domainInput = z.strictObject({ ...inOrg, domain: domainSchema });
type Input = z.infer<typeof domainInput>;

/** A mail domain, and what has to stand in its DNS. */
export interface Domain {
  domain: string;
  verifiedAt: Date | null;
  proof: { name: string; text: string };
}

export async function loadDomains(tx: Tx, tenantId: string): Promise<Domain[]> {
  const rows = await tx.ssoDomain.findMany({
    where: { tenantId },
    select: { domain: true, token: true, verifiedAt: true },
    orderBy: { domain: 'asc' },
  });
  return rows.map(({ domain, token, verifiedAt }) => ({
    domain,
    verifiedAt,
    proof: { name: `${PROOF_NAME}.${domain}`, text: `${PROOF_PREFIX}${token}` },
  }));
}

/** Names a domain; it counts for nothing yet. @throws ForbiddenError `rbac/forbidden`; AppError `sso/domains-full` */
export async function addDomain(
  { db }: Pick<AllDeps, 'db'>,
  actor: Actor,
  { domain }: Input,
): Promise<{ added: true }> {
  const { tenantId } = actor;
  await db.withTenant(tenantId, async (tx) => {
    await assertInTenant(tx, actor, 'people.manage');
    const known = await loadDomains(tx, tenantId);
    if (known.some((row) => row.domain === domain)) return;
    if (known.length >= MAX_DOMAINS)
      throw new AppError({
        code: 'sso/domains-full',
        publicMessage: `${MAX_DOMAINS} domains are named, and more don’t fit. Remove one first.`,
      });
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    await tx.ssoDomain.create({ data: { tenantId, domain, token }, select: { domain: true } });
    await recordDomain(tx, actor, domain, 'added');
  });
  return { added: true };
}

/**
 * Looks whether the domain's DNS says that it is this organisation's.
 *
 * @throws ForbiddenError `rbac/forbidden`, ConfirmFirstError `auth/confirm-first`, NotFoundError `domain/not-found`; AppError
 *   `sso/domain-unproved`, `sso/domain-taken`
 */
export async function verifyDomain(
  { db, clock, resolveText }: Pick<AllDeps, 'db' | 'clock' | 'resolveText'>,
  actor: Actor,
  { domain }: Input,
): Promise<{ verified: true }> {
  const { tenantId } = actor;
  assertConfirmed(actor, clock());
  const wanted = await db.withTenant(tenantId, async (tx) => {
    await assertInTenant(tx, actor, 'people.manage');
    return (await loadDomains(tx, tenantId)).find((row) => row.domain === domain);
  });
  if (wanted === undefined) throw new NotFoundError('domain', { domain });
  const texts = await resolveText(wanted.proof.name);
  if (!texts.includes(wanted.proof.text))
    throw new AppError({
      code: 'sso/domain-unproved',
      publicMessage: `${wanted.proof.name} doesn’t say so yet. DNS may take a while; look again later.`,
    });
  await db
    .withTenant(tenantId, async (tx) => {
      await assertInTenant(tx, actor, 'people.manage');
      const { count } = await tx.ssoDomain.updateMany({
        where: { tenantId, domain, verifiedAt: null },
        data: { verifiedAt: clock() },
      });
      if (count === 1) await recordDomain(tx, actor, domain, 'verified');
    })
    .catch((error: unknown) => {
      if (codeOf(error) !== 'db/conflict') throw error;
      throw new AppError({
        code: 'sso/domain-taken',
        publicMessage: `${domain} counts for another organisation here. It has to let go of it first.`,
        cause: error,
      });
    });
  return { verified: true };
}

/**
 * @throws ForbiddenError `rbac/forbidden`, ConfirmFirstError `auth/confirm-first`, NotFoundError `domain/not-found`
 */
export async function removeDomain(
  { db, clock }: Pick<AllDeps, 'db' | 'clock'>,
  actor: Actor,
  { domain }: Input,
): Promise<{ removed: true }> {
  const { tenantId } = actor;
  assertConfirmed(actor, clock());
  await db.withTenant(tenantId, async (tx) => {
    await assertInTenant(tx, actor, 'people.manage');
    const { count } = await tx.ssoDomain.deleteMany({ where: { tenantId, domain } });
    if (count === 0) throw new NotFoundError('domain', { domain });
    await recordDomain(tx, actor, domain, 'removed');
  });
  return { removed: true };
}

async function recordDomain(
  tx: Tx,
  actor: Actor,
  domain: string,
  step: 'added' | 'verified' | 'removed',
): Promise<void> {
  await recordEvent(tx, actor.tenantId, {
    action: 'sso.domain',
    ...doneBy(actor),
    target: { kind: 'organisation', id: actor.tenantId, name: actor.tenantName },
    data: { domain, step },
  });
}
