import { type FactorKey, type OpenIdClient, openFor } from '@porthole/auth';
import type { Tx } from '@porthole/db';
import { AppError, Secret } from '@porthole/errors';

/** Who gets in without being a member yet. */
export const JOINING_RULES = ['invited', 'members'] as const;
export type JoiningRule = (typeof JOINING_RULES)[number];

/** Whether it is there: not at all, beside passwords and passkeys, or as the only way of its domains' people. */
export const SSO_USES = ['off', 'beside', 'only'] as const;
export type SsoUse = (typeof SSO_USES)[number];

/** An organisation's single sign-on, without its secret. */
export interface Connection {
  issuer: string;
  clientId: string;
  use: SsoUse;
  joining: JoiningRule;
  version: number;
  changed: { by: string; at: Date };
}

/** The settings as they stand; null: none yet. Run it inside `withTenant`. */
export async function loadConnection(tx: Tx, tenantId: string): Promise<Connection | null> {
  const row = await tx.ssoConnection.findUnique({
    where: { tenantId },
    select: {
      issuer: true,
      clientId: true,
      isOn: true,
      joining: true,
      isRequired: true,
      version: true,
      changedAt: true,
      changedName: true,
    },
  });
  if (row === null) return null;
  const { changedAt: at, changedName: by, joining, isOn, isRequired, ...rest } = row;
  const use = isRequired ? 'only' : isOn ? 'beside' : 'off';
  return { ...rest, use, joining: joining === 'members' ? 'members' : 'invited', changed: { by, at } };
}

/** The same as its issuer knows us, secret and all; null where single sign-on is off. Run it inside `withTenant`. */
export async function loadClient(tx: Tx, tenantId: string, ssoKey: FactorKey): Promise<OpenIdClient | null> {
  const row = await tx.ssoConnection.findFirst({
    where: { tenantId, isOn: true },
    select: { issuer: true, clientId: true, kid: true, iv: true, ct: true, tag: true },
  });
  if (row === null) return null;
  const secret = openFor(ssoKey, `sso-v1|${tenantId}`, row).reveal();
  const clientSecret = new Secret(Buffer.from(secret).toString('utf8'));
  return { issuer: row.issuer, clientId: row.clientId, clientSecret };
}

/** @throws AppError `sso/no-key` where the operator gave this portal no key to seal secrets with */
export function keyOf({ ssoKey }: { ssoKey: FactorKey | null }): FactorKey {
  if (ssoKey !== null) return ssoKey;
  throw new AppError({
    code: 'sso/no-key',
    publicMessage: 'Single sign-on isn’t set up on this Porthole. Its operator can give it a key.',
  });
}
