/** What stands behind a guest's graphical console: our own guest, or an RFB server somewhere. */
export type ScreenBackend = { kind: 'builtin' } | { kind: 'tcp'; host: string; port: number };

/** What stands behind a guest's text console: our own guest, or a server of raw bytes. */
export type TextBackend =
  | { kind: 'builtin' }
  | { kind: 'tcp'; host: string; port: number }
  | { kind: 'unix'; path: string };

export type PowerState = 'Running' | 'Halted' | 'Paused' | 'Suspended';

/** What a power operation does to a machine that really exists. Each resolves when it is done. */
export interface PowerHooks {
  start(): Promise<void>;
  shutdown(): Promise<void>;
  reboot(): Promise<void>;
  pause(): Promise<void>;
  unpause(): Promise<void>;
  /** Calls back whenever the machine ends by itself; the pool then books it as halted. */
  watch?(ended: () => void): void;
}

export interface FakeVmSpec {
  name: string;
  uuid?: string;
  description?: string;
  tags?: string[];
  /** Default Running; templates and snapshots are always Halted. */
  powerState?: PowerState;
  /** Index of the host on which it runs; default 0. */
  residentOn?: number;
  /** What the guest agent reports as its name; without it and without addresses there is no guest agent. */
  os?: string;
  addresses?: string[];
  memoryMiB?: number;
  vcpus?: number;
  otherConfig?: Record<string, string>;
  /** Operation to the administrator's words (xenapi.md §3.2, §7 OPERATION_BLOCKED). */
  blockedOperations?: Record<string, string>;
  /** Default hvm. */
  domainType?: 'hvm' | 'pv';
  /** `restart` or `best-effort` where high availability keeps the machine running; then the pool has it switched on. */
  haRestartPriority?: string;
  template?: boolean;
  snapshot?: boolean;
  /** Default a built-in screen; null = the guest has no rfb console. */
  screen?: ScreenBackend | null;
  /** Default a built-in terminal; null = the guest has no vt100 console. */
  text?: TextBackend | null;
  power?: PowerHooks;
}

/** Roles of xenapi.md §2.5 that an account of the pool may have. */
export type Role =
  | 'pool-admin'
  | 'pool-operator'
  | 'vm-power-admin'
  | 'vm-admin'
  | 'vm-operator'
  | 'read-only';

export interface FakeAccount {
  username: string;
  password: string;
  /** Default pool-admin; xenapi.md §2.5: local root is always pool-admin. */
  role?: Role;
}

export interface FakePoolOptions {
  name: string;
  account: { username: string; password: string };
  /** Accounts of directory users beside the main one. */
  otherAccounts?: FakeAccount[];
  /** How many hosts; default 2. The first is the coordinator. */
  hosts?: number;
  /** The loopback address of all hosts; default 127.0.0.1. With `::1` the pool is one of IPv6 alone. */
  address?: '127.0.0.1' | '::1';
  /** Fixed ports per host; default ephemeral ones. */
  ports?: number[];
  /** Where the hosts' keys and certificates are kept, so that pins survive a restart. */
  certDir?: string;
  limitConsoleSessions?: boolean;
  /** How long a power operation takes, in milliseconds; default 150. */
  operationMs?: number;
  /** The longest wait for a part of a connection's first request head, in milliseconds; default 10 s. */
  readTimeoutMs?: number;
  /**
   * What the hosts speak (xenapi.md §1.3 to §1.5); default JSON-RPC in both versions, and XML-RPC. `json-rpc-1.0`: the
   * version of a request is not looked at, answers are in the old form. `xml-rpc`: hosts from before JSON-RPC (XenServer
   * 7.0 and 7.2), which take every POST for XML-RPC.
   */
  wire?: 'json-rpc-2.0' | 'json-rpc-1.0' | 'xml-rpc';
  vms: FakeVmSpec[];
}

/** What a console request meets instead of a console; `FAULTS` in console-faults.ts tells what each does. */
export type ConsoleFault =
  | 'unauthorised-401'
  | 'forbidden-403'
  | 'not-found-404'
  | 'timeout-408'
  | 'head-431'
  | 'internal-500'
  | 'limit-503'
  | 'websocket-503'
  | 'redirect-302'
  | 'status-1.0'
  | 'garbage-status'
  | 'endless-head'
  | 'never-answer'
  | 'refuse-tcp'
  | 'eof-before-head'
  | 'eof-after-200'
  | 'garbage-after-200'
  | 'silence-after-200'
  | 'split-head'
  | 'greeting-with-head'
  | 'slow-greeting'
  | 'security-failed'
  | 'hostile-size'
  | 'hostile-name'
  | 'hostile-message'
  | 'hostile-rectangle'
  | 'cut-mid-stream';

/** Whom a fault meets: one VM's consoles, or every console request to a host. */
export interface FaultTarget {
  vm?: string;
  host?: number;
}

/** What a call meets instead of its answer; `runRpcFault` in rpc-faults.ts tells what each does. */
export type RpcFault =
  | 'error-page'
  | 'refuses-2.0'
  | 'web-server'
  | 'not-found'
  | 'redirect'
  | 'not-http'
  | 'reset'
  | 'reset-mid-answer'
  | 'never-answer'
  | 'bare-error'
  | 'still-booting'
  | 'events-lost'
  | 'bad-token'
  | 'too-busy'
  | 'fault'
  | 'document-type'
  | 'deep';

/** Which calls a fault meets: all, or those to one host, of one method, so many times. */
export interface RpcFaultTarget {
  host?: number;
  method?: string;
  times?: number;
}
