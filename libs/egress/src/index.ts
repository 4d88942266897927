export { type CheckedTarget, checkTarget, resolveFamily } from './check-target.ts';
export { type ConnectPinned, connectPinned, type PinnedSocket, type PinnedTarget } from './connect-pinned.ts';
export { type EgressCode, EgressError } from './egress-error.ts';
export { DEFAULT_PORTS, type EgressPolicy } from './egress-policy.ts';
export { bracketHost } from './host-name.ts';
export {
  type EgressFetch,
  type EgressFetchInit,
  FETCH_MAX_BYTES,
  FETCH_TIMEOUT_MS,
  makeFetch,
} from './make-fetch.ts';
export { type DialTimeouts, TCP_TIMEOUT_MS, TLS_TIMEOUT_MS } from './open-tls.ts';
export { parseAddress } from './parse-address.ts';
export {
  type ProbeCertificate,
  type ProbedCertificate,
  type ProbeTarget,
  probeCertificate,
} from './probe-certificate.ts';
export { reachTcp } from './reach-tcp.ts';
export { type ResolveText, resolveText } from './resolve-text.ts';
export { fingerprintOf, MIN_TLS_VERSION, pemOf, type TlsPin } from './tls-pin.ts';
