import type { PowerAct } from '@porthole/rbac';

/** How far an operation is; the last four are ends. */
export type PowerStep = 'waiting' | 'sending' | 'running' | 'done' | 'failed' | 'cancelled' | 'unclear';

/** One operation as a page shows it. */
export interface PowerOperationRow {
  id: string;
  vmId: string;
  vmName: string;
  act: PowerAct;
  step: PowerStep;
  personName: string;
  createdAt: Date;
  finishedAt: Date | null;
  /** 0 to 1, as the host estimates it. */
  progress: number;
  /** What stood in the way, as a key of design.md §7 without `power.`; null where nothing did. */
  failure: string | null;
  /** The host's own words about it: text only. */
  failureText: string | null;
  cancelAsked: boolean;
}

/** Columns of a row; the pool's task and uuid stay on the server. */
export const operationFields = {
  id: true,
  vmId: true,
  vmName: true,
  act: true,
  step: true,
  personName: true,
  createdAt: true,
  finishedAt: true,
  progress: true,
  failure: true,
  failureText: true,
  cancelAskedAt: true,
} as const;

type Stored = Omit<PowerOperationRow, 'cancelAsked'> & { cancelAskedAt: Date | null };

export function toOperationRow({ cancelAskedAt, ...row }: Stored): PowerOperationRow {
  return { ...row, cancelAsked: cancelAskedAt !== null };
}
