export {
  AUDIT_ACTIONS,
  type AuditAction,
  CATALOGUE,
  fieldClassOf,
  isAuditAction,
} from './catalogue.ts';
export { actionsOf, type ListedEvent, listEvents } from './list-events.ts';
export {
  AUDIT_OUTCOMES,
  type AuditEventInput,
  PLATFORM_CHAIN,
  payloadOf,
  recordAccountEvent,
  recordEvent,
  recordSessionEvent,
  recordSidesEvent,
  type SidesEventInput,
} from './record-event.ts';
export {
  type ChainBreak,
  type ChainVerdict,
  linkHash,
  payloadHash,
  verifyChain,
} from './verify-chain.ts';
export { verifyLog } from './verify-log.ts';
