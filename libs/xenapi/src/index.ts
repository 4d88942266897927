export { checkConsoleLocation, type LocationVerdict } from './check-console-location.ts';
export {
  CONNECT_TIMEOUT_MS,
  type ConsoleTunnel,
  type ConsoleTunnelInput,
  openConsoleTunnel,
} from './console-tunnel.ts';
export type { XenErrorTopic, XenRetry } from './errors/error-table.ts';
export { mayAnswerElsewhere, type TransportFailure, transportFailureOf } from './errors/transport-failure.ts';
export { isXenErrorCode, XEN_ERRORS, type XenErrorCode, type XenErrorParams } from './errors/xen-errors.ts';
export { GET_ALL_TIMEOUT_MS, type GetAllOptions, getAllRecords } from './get-all-records.ts';
export { isNullRef, isOpaqueRef, type OpaqueRef } from './opaque-ref.ts';
export { type ConnectAnswer, type ConnectAnswerReader, readConnectAnswer } from './read-connect-answer.ts';
export {
  certificateRecord,
  classOfEvent,
  consoleRecord,
  hostMetricsRecord,
  hostRecord,
  type PowerState,
  parseXenDate,
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
export { type XenTunnelCode, XenTunnelError } from './tunnel-error.ts';
export { TunnelReader, type TunnelTaker } from './tunnel-reader.ts';
export { watchEvents, type XenEvent, type XenEvents } from './watch-events.ts';
export { LOGIN_TIMEOUT_MS, type XenCaller, type XenCredentials, XenSession } from './xen-session.ts';
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
