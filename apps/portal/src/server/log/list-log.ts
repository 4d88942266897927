import { AUDIT_ACTIONS, AUDIT_OUTCOMES, type AuditAction, actionsOf, listEvents } from '@porthole/audit';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { assertInTenant } from '../authority/assert-in-tenant.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg, searchSchema } from '../inputs.ts';
import { type LogEvent, toLogEvent } from './log-event.ts';

export const LOG_KINDS = ['console', 'access', 'policy', 'sign-in', 'pool', 'log'] as const;
type LogKind = (typeof LOG_KINDS)[number];

export const listLogInput = z.strictObject({
  ...inOrg,
  /** `seq` of the last event of the page before; events older than it follow. */
  cursor: z.number().int().positive().nullish(),
  q: searchSchema.optional(),
  person: z.uuid().optional(),
  machine: z.uuid().optional(),
  kind: z.enum(LOG_KINDS).optional(),
  outcome: z.enum(AUDIT_OUTCOMES).optional(),
});

export interface LogPage {
  /** Newest first. */
  events: LogEvent[];
  nextCursor: number | null;
}

const PAGE = 50;

/** Groups of actions that a person asks for by one word. */
const GROUPS: Record<LogKind, readonly string[]> = {
  console: ['console', 'tunnel', 'keyboard'],
  access: ['grant', 'team', 'guest', 'access', 'request', 'glass', 'vm', 'support', 'lock'],
  policy: ['policy'],
  'sign-in': ['sign-in', 'sign-out', 'session', 'factor', 'token'],
  pool: ['pool', 'credential', 'allotment'],
  log: ['audit'],
};

/**
 * A page of the organisation's log.
 *
 * @throws ForbiddenError `rbac/forbidden`
 */
export async function listLog(
  { db }: Pick<AllDeps, 'db'>,
  actor: Actor,
  { cursor, q, person, machine, kind, outcome }: z.infer<typeof listLogInput>,
): Promise<LogPage> {
  return db.withTenant(actor.tenantId, async (tx) => {
    await assertInTenant(tx, actor, 'log.read');
    const events = await listEvents(tx, {
      tenantId: actor.tenantId,
      limit: PAGE + 1,
      ...(cursor == null ? {} : { before: cursor }),
      ...(q === undefined ? {} : { q }),
      ...(person === undefined ? {} : { personId: person }),
      ...(machine === undefined ? {} : { targetId: machine }),
      ...(outcome === undefined ? {} : { outcome }),
      ...(kind === undefined ? {} : { actions: actionsOfKind(kind) }),
    });
    const page = events.slice(0, PAGE);
    const isMore = events.length > PAGE;
    return {
      events: page.map((event) => toLogEvent(event, actor.role)),
      nextCursor: isMore ? (page.at(-1)?.seq ?? null) : null,
    };
  });
}

function actionsOfKind(kind: LogKind): AuditAction[] {
  return GROUPS[kind].flatMap((group) => actionsOf(group, AUDIT_ACTIONS));
}
