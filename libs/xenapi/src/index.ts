export {
  ACCOUNT_NEEDS,
  type AccountNeed,
  type AccountRights,
  lackedNeeds,
  readAccountRights,
} from './account-rights.ts';
export { checkConsoleLocation, type LocationVerdict, locationJudge } from './check-console-location.ts';
export {
  CONNECT_TIMEOUT_MS,
  type ConsoleTunnel,
  type ConsoleTunnelInput,
  openConsoleTunnel,
} from './console-tunnel.ts';
export type { XenErrorTopic, XenRetry } from './errors/error-table.ts';
export { type TransportFailure, transportFailureOf } from './errors/transport-failure.ts';
export { isXenErrorCode, XEN_ERRORS, type XenErrorCode, type XenErrorParams } from './errors/xen-errors.ts';
export {
  EventFollower,
  type EventStep,
  type FollowOptions,
  type ResyncReason,
} from './events/follow-events.ts';
export { mergeEvents } from './events/merge-events.ts';
export { askAllRecords, GET_ALL_TIMEOUT_MS, getAllRecords, readAllRecords } from './get-all-records.ts';
export { isNullRef, isOpaqueRef, type OpaqueRef } from './opaque-ref.ts';
export type { PoolMember } from './pool/known-members.ts';
export { hasPoolUuid, type SignInDeps } from './pool/sign-in.ts';
export { XenPool, type XenPoolDeps } from './pool/xen-pool.ts';
export { type ConnectAnswer, type ConnectAnswerReader, readConnectAnswer } from './read-connect-answer.ts';
export { type FieldReader, type ReadResult, RecordReader } from './record-reader.ts';
export {
  certificateRecord,
  classOfEvent,
  consoleRecord,
  hostMetricsRecord,
  hostRecord,
  type PowerState,
  poolRecord,
  recordSchemas,
  taskRecord,
  vmGuestMetricsRecord,
  vmMetricsRecord,
  vmRecord,
  type XenClass,
  type XenRecord,
} from './records.ts';
export type { RpcDialect } from './rpc/rpc-codec.ts';
export type { TaskOutcome } from './tasks/task-outcome.ts';
export { type OutcomeOptions, type TaskProgress, XenTask } from './tasks/xen-task.ts';
export { type XenTunnelCode, XenTunnelError } from './tunnel-error.ts';
export { TunnelReader, type TunnelTaker } from './tunnel-reader.ts';
export { parseXenDate, parseXenInt } from './values.ts';
export { watchEvents, type XenEvent, type XenEvents } from './watch-events.ts';
export {
  LOGIN_TIMEOUT_MS,
  type XenCaller,
  type XenCalls,
  type XenCredentials,
  XenSession,
} from './xen-session.ts';
export {
  type CallOptions,
  DEFAULT_MAX_BODY_BYTES,
  LARGE_MAX_BODY_BYTES,
  XenApiClient,
  type XenApiDeps,
} from './xenapi-client.ts';
export type { XenTarget, XenTimeouts } from './xenapi-connection.ts';
export {
  HostIsSlaveError,
  isXenError,
  XenApiError,
  type XenTransportCode,
  XenTransportError,
  xenErrorParams,
} from './xenapi-error.ts';
