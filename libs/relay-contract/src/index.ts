export { CLOSE, type CloseKind, closeKindOf } from './close-codes.ts';
export {
  type AccessChanged,
  type ClientMessage,
  CONNECT_STEPS,
  CONSOLE_KINDS,
  type ConnectStep,
  type ConsoleKind,
  type Copying,
  clientMessageSchema,
  consoleKindSchema,
  type HubState,
  type KeyboardState,
  LOST_CAUSES,
  type Lost,
  type LostCause,
  MAX_ACCESS_NAME,
  MAX_ACCESS_REASON,
  MAX_CLIENT_MESSAGE_BYTES,
  MAX_CONTROL_BYTES,
  MAX_CONTROL_PER_SECOND,
  MAX_KEYBOARD_REASON,
  parseClientMessage,
  parseServerMessage,
  type Receipt,
  receiptSchema,
  type ServerMessage,
  serverMessageSchema,
} from './control-messages.ts';
export { LIMITS, MAXIMUM_NOTICES_MS } from './limits.ts';
export { TICKET_OUTCOMES, type TicketOutcome } from './outcomes.ts';
export { type Bounds, KEYBOARD_RULES, type KeyboardRule, POLICY_BOUNDS } from './policy.ts';
export {
  consoleSocketPath,
  offeredProtocols,
  SUBPROTOCOL,
  TICKET_PREFIX,
  ticketFromProtocols,
} from './subprotocol.ts';
