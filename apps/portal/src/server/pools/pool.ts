export const POOL_STATES = ['new', 'connected', 'unreachable', 'untrusted', 'refused', 'paused'] as const;
export type PoolState = (typeof POOL_STATES)[number];

export interface PoolRow {
  id: string;
  displayName: string;
  address: string;
  port: number;
  state: PoolState;
  /** A code of ours such as `egress/refused`; null while all is well. */
  stateReason: string | null;
  /** A checked value that goes with the reason, such as the coordinator's address. */
  stateDetail: string | null;
  stateSince: Date;
  lastSyncAt: Date | null;
  productVersion: string | null;
  hosts: number;
  machines: number;
}
