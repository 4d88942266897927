import { recordEvent } from '@porthole/audit';
import { assertConfirmed } from '@porthole/auth';
import { AppError } from '@porthole/errors';
import { type Bounds, KEYBOARD_RULES, POLICY_BOUNDS } from '@porthole/relay-contract';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { assertInTenant } from '../authority/assert-in-tenant.ts';
import { lockAuthority } from '../authority/lock-authority.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';
import { doneBy } from '../log/done-by.ts';
import {
  CLIPBOARD_WAYS,
  columnsOf,
  FACTOR_AGES_MS,
  FACTOR_RULES,
  GLASS_RULES,
  loadPolicy,
  POLICY_SETTINGS,
  type PolicySetting,
  type PolicyValues,
} from './policy.ts';

const within = ({ least, most }: Bounds) => z.number().int().min(least).max(most);

export const changePolicyInput = z.strictObject({
  ...inOrg,
  /** Of the policy that the person saw when they changed it. */
  version: z.number().int().nonnegative(),
  clipboard: z.enum(CLIPBOARD_WAYS),
  keyboard: z.enum(KEYBOARD_RULES),
  idleTimeoutMs: within(POLICY_BOUNDS.idleTimeoutMs),
  maximumTimeMs: within(POLICY_BOUNDS.maximumTimeMs),
  textKeptMs: within(POLICY_BOUNDS.textKeptMs),
  scrollbackBytes: within(POLICY_BOUNDS.scrollbackBytes),
  secondFactor: z.enum(FACTOR_RULES),
  consoleFactorMaxAgeMs: z.number().refine((ms) => FACTOR_AGES_MS.some((age) => age === ms)),
  breakGlass: z.enum(GLASS_RULES),
});

/**
 * Sets what the organisation decides about its consoles. Open ones follow within two seconds, by the epoch that a trigger
 * bumps; what is kept of a text console counts for those that open from now on.
 *
 * @returns the version that stands now; the same as before where nothing differs
 * @throws ForbiddenError `rbac/forbidden`; ConfirmFirstError `auth/confirm-first` where it is about second factors; AppError
 *   `policy/changed-meanwhile` where somebody was quicker
 */
export async function changePolicy(
  { db }: Pick<AllDeps, 'db'>,
  actor: Actor,
  { org: _org, version, ...wanted }: z.infer<typeof changePolicyInput>,
): Promise<{ version: number }> {
  const { tenantId, personId, personName } = actor;
  return db.withTenant(tenantId, async (tx) => {
    // Two who save at once come one after the other.
    await lockAuthority(tx, tenantId);
    const { now } = await assertInTenant(tx, actor, 'policy.change');
    const before = await loadPolicy(tx, tenantId);
    if (before.version !== version) throw changedMeanwhile(before.changed?.by ?? null);
    const changes = changesOf(before, wanted);
    if (changes.length === 0) return { version };
    if (changes.some(({ setting }) => ABOUT_FACTORS.has(setting))) assertConfirmed(actor, now);
    // Who has set nothing yet has no row; of a new one the portal may not say which networks the provider opened.
    await tx.$executeRaw`INSERT INTO tenant_policy (tenant_id) VALUES (${tenantId}::uuid) ON CONFLICT DO NOTHING`;
    await tx.tenantPolicy.updateMany({
      where: { tenantId },
      data: {
        ...columnsOf(wanted),
        version: version + 1,
        changedAt: now,
        changedBy: personId,
        changedName: personName,
      },
    });
    await recordEvent(tx, tenantId, {
      action: 'policy.changed',
      ...doneBy(actor),
      target: { kind: 'organisation', id: tenantId, name: actor.tenantName },
      data: { changes },
    });
    return { version: version + 1 };
  });
}

/** What says how people prove who they are, which a stolen session must not loosen. */
const ABOUT_FACTORS: ReadonlySet<PolicySetting> = new Set(['secondFactor', 'consoleFactorMaxAgeMs']);

/** What differs, in the order of {@link POLICY_SETTINGS}. */
function changesOf(before: PolicyValues, after: PolicyValues) {
  return POLICY_SETTINGS.filter((setting) => before[setting] !== after[setting]).map((setting) => ({
    setting,
    from: before[setting],
    to: after[setting],
  }));
}

function changedMeanwhile(by: string | null): AppError {
  return new AppError({
    code: 'policy/changed-meanwhile',
    publicMessage: `${by === null ? 'This was changed' : `${by} changed this`} meanwhile. What you wrote is kept.`,
  });
}
