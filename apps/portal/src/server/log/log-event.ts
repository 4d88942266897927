import type { ListedEvent } from '@porthole/audit';
import { fieldClassOf, isAuditAction } from '@porthole/audit';
import type { TenantRole } from '@porthole/rbac';

/** One event of the log, as far as its reader may read it. */
export interface LogEvent {
  seq: number;
  at: Date;
  /** `console.open`, `grant.given`, … from the catalogue of libs/audit. */
  action: string;
  outcome: string;
  actor: {
    personId: string | null;
    name: string;
    kind: string;
    /** The API token by which a program did it for them. */
    token?: { id: string; name: string } | undefined;
  };
  target: { kind: string; id: string; name: string | null } | null;
  ip: string | null;
  data: Record<string, unknown>;
  /** Hex of the link's hash. */
  hash: string;
}

/** Who runs the organisation, or is there to check it, also reads what names a person's address or place. */
const READS_SENSITIVE: readonly TenantRole[] = ['owner', 'admin', 'auditor', 'operator'];

/** An event for a reader of that role: a field without a mark is shown to nobody. */
export function toLogEvent(event: ListedEvent, role: TenantRole): LogEvent {
  const readsSensitive = READS_SENSITIVE.includes(role);
  const { action } = event;
  const shown = Object.entries(event.data).filter(([field]) => {
    const fieldClass = isAuditAction(action) ? fieldClassOf(action, field) : null;
    return fieldClass === 'public' || (fieldClass === 'sensitive' && readsSensitive);
  });
  return {
    seq: event.seq,
    at: event.at,
    action,
    outcome: event.outcome,
    actor: event.actor,
    target: event.target === undefined ? null : { ...event.target, name: event.target.name ?? null },
    ip: readsSensitive ? (event.ip ?? null) : null,
    data: Object.fromEntries(shown),
    hash: event.hash,
  };
}
