export {
  AUDIT_ACTIONS,
  type AuditAction,
  type AuditActor,
  type AuditTarget,
  CATALOGUE,
  CONSOLE_ACTIONS,
  type FieldClass,
  fieldClassOf,
  isAuditAction,
} from './catalogue.ts';
export { actionsOf, type EventFilters, type ListedEvent, listEvents, MAX_PAGE } from './list-events.ts';
export {
  AUDIT_OUTCOMES,
  type AuditEventInput,
  type AuditOutcome,
  PLATFORM_CHAIN,
  payloadOf,
  recordEvent,
  recordSessionEvent,
  type SessionEventInput,
} from './record-event.ts';
export {
  type ChainBreak,
  type ChainHead,
  type ChainLink,
  type ChainVerdict,
  FIRST_PREV_HASH,
  linkHash,
  payloadHash,
  verifyChain,
} from './verify-chain.ts';
export { verifyLog } from './verify-log.ts';
