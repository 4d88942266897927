import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { assertInTenant } from '../authority/assert-in-tenant.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';
import { type Connection, loadConnection } from './connection.ts';
import { type Domain, loadDomains } from './domains.ts';
import { redirectUriOf } from './redirect-uri.ts';

export const readConnectionInput = z.strictObject({ ...inOrg });

export interface SsoSettings {
  /** Null: nothing is set up. Its secret is told to nobody. */
  connection: Connection | null;
  domains: Domain[];
  /** What the issuer has to be told. */
  redirectUri: string;
  /** Whether this Porthole has a key to seal a secret with. */
  isPossible: boolean;
}

/** @throws ForbiddenError `rbac/forbidden` */
export async function readConnection(
  { db, origin, ssoKey }: Pick<AllDeps, 'db' | 'origin' | 'ssoKey'>,
  actor: Actor,
): Promise<SsoSettings> {
  return db.withTenant(actor.tenantId, async (tx) => {
    await assertInTenant(tx, actor, 'people.manage');
    return {
      connection: await loadConnection(tx, actor.tenantId),
      domains: await loadDomains(tx, actor.tenantId),
      redirectUri: redirectUriOf(origin),
      isPossible: ssoKey !== null,
    };
  });
}
