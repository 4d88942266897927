import type { XenSession } from './xen-session.ts';
import type { CallOptions } from './xenapi-client.ts';
import { XenApiError } from './xenapi-error.ts';

/** What an account may do at its pool, as the pool itself says. */
export interface AccountRights {
  /** Local root, or whoever is mapped to it: roles do not bind it (xenapi.md §2.5). */
  readonly isSuperuser: boolean;
  /** Names of permissions in lower case; empty for a superuser, who needs none. */
  readonly permissions: ReadonlySet<string>;
}

/** What Porthole does with an account, and the permissions of xenapi.md §2.5 that it takes. */
export const ACCOUNT_NEEDS = {
  console: ['http/connect_console'],
  power: [
    'vm.start',
    'vm.clean_shutdown',
    'vm.clean_reboot',
    'vm.hard_shutdown',
    'vm.hard_reboot',
    'vm.pause',
    'vm.unpause',
    'vm.suspend',
    'vm.resume',
  ],
  hostConsole: ['http/connect_console/host_console'],
} as const;

export type AccountNeed = keyof typeof ACCOUNT_NEEDS;

/**
 * Asks the pool what the signed-in account may do. Null where it does not say: a role that may not read its own session,
 * or a host that has no such fields.
 *
 * @throws XenTransportError, EgressError; XenApiError `SESSION_INVALID`
 */
export async function readAccountRights(
  session: XenSession,
  options: CallOptions = {},
): Promise<AccountRights | null> {
  try {
    const isSuperuser = await session.call('session.get_is_local_superuser', [session.ref], options);
    if (typeof isSuperuser !== 'boolean') return null;
    if (isSuperuser) return { isSuperuser, permissions: new Set() };
    const names = await session.call('session.get_rbac_permissions', [session.ref], options);
    if (!Array.isArray(names)) return null;
    const permissions = names.filter((name) => typeof name === 'string').map((name) => name.toLowerCase());
    return { isSuperuser, permissions: new Set(permissions) };
  } catch (error) {
    if (!(error instanceof XenApiError) || error.xenCode === 'SESSION_INVALID') throw error;
    return null;
  }
}

/** The needs that the account lacks at least one permission for. */
export function lackedNeeds({ isSuperuser, permissions }: AccountRights): AccountNeed[] {
  if (isSuperuser) return [];
  return needNames.filter((need) => ACCOUNT_NEEDS[need].some((name) => !permissions.has(name)));
}

const needNames: readonly AccountNeed[] = ['console', 'power', 'hostConsole'];
