import { TENANT_ROLES, type TenantRole } from '@porthole/rbac';

const CASES = ['new', 'sign-in', 'yours', 'other'] as const;

/** What the page says of an invitation. */
export interface ShownInvitation {
  org: string;
  role: TenantRole;
  by: string;
  email: string;
  /** Teams that one joins with it. */
  teams: readonly string[];
  case: (typeof CASES)[number];
}

/** The props of each way to accept. */
export interface WayIn {
  link: string;
  invitation: ShownInvitation;
  onOver: () => void;
  /** Something is otherwise than it was: look again. */
  onLook: () => void;
}

/** Reads the answer of `links.lookAtInvitation`; null where it is none that this page knows. */
export function readInvitation(data: Readonly<Record<string, unknown>>): ShownInvitation | null {
  const role = TENANT_ROLES.find((one) => one === data.role);
  const found = CASES.find((one) => one === data.case);
  if (role === undefined || found === undefined) return null;
  const teams = Array.isArray(data.teams) ? data.teams.map(String) : [];
  return { org: String(data.org), role, by: String(data.by), email: String(data.email), teams, case: found };
}
