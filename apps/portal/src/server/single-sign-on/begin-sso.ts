import {
  beginOpenId,
  keepSsoAttempt,
  plainEmail,
  SsoError,
  ssoCookie,
  takeSsoBeginning,
} from '@porthole/auth';
import { z } from 'zod';
import { OWN_PATH } from '../../own-path.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { lineSchema } from '../inputs.ts';
import type { RequestFacts } from '../request-facts.ts';
import { keyOf, loadClient } from './connection.ts';
import { redirectUriOf } from './redirect-uri.ts';

export const beginSsoInput = z.strictObject({
  email: lineSchema(3, 254),
  /** Where to go afterwards: a path of ours. */
  next: z.string().max(2_000).regex(OWN_PATH).nullable(),
});

export type SsoDeps = Pick<AllDeps, 'db' | 'clock' | 'origin' | 'fetch' | 'ssoKey'>;

/**
 * Where the browser goes to prove who it is. The domain of the address alone decides: whether anybody has that address is
 * looked up by nobody.
 *
 * @throws SsoError `sso/none`, `sso/unreachable`, `sso/untrusted`; SignInWaitError `auth/wait`
 */
export async function beginSso(
  deps: SsoDeps,
  request: Pick<RequestFacts, 'ip' | 'setCookie'>,
  { email, next }: z.infer<typeof beginSsoInput>,
): Promise<{ url: string }> {
  await takeSsoBeginning(deps, request.ip);
  const address = plainEmail(email);
  const tenantId = await tenantOfDomain(deps, address.split('@').at(-1) ?? '');
  if (tenantId === null || deps.ssoKey === null) throw new SsoError('sso/none');
  const client = await deps.db.withTenant(tenantId, (tx) => loadClient(tx, tenantId, keyOf(deps)));
  if (client === null) throw new SsoError('sso/none');
  const redirectUri = redirectUriOf(deps.origin);
  const { url, ...attempt } = await beginOpenId(deps.fetch, client, { redirectUri, email: address });
  const { issuer, clientId } = client;
  const cookie = await keepSsoAttempt(deps, { ...attempt, tenantId, issuer, clientId, next });
  request.setCookie(ssoCookie(cookie));
  return { url };
}

const rowsSchema = z.array(z.object({ tenantId: z.string() }));

async function tenantOfDomain({ db }: Pick<SsoDeps, 'db'>, domain: string): Promise<string | null> {
  const rows = await db.withoutTenant(
    (tx) => tx.$queryRaw`SELECT sso_of_domain(${domain})::text AS "tenantId"`,
  );
  return rowsSchema.parse(rows)[0]?.tenantId ?? null;
}
