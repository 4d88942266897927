import { AppError, type AppErrorInit } from '@porthole/errors';

/** Why the worker does not sign in at a pool, or stops speaking to it. Stored as `pool.state_reason`. */
export type WorkerCode =
  | 'credential/missing'
  | 'credential/bound-elsewhere'
  | 'pool/certificate-changed'
  | 'pool/no-coordinator'
  | 'pool/evicted-again'
  | 'worker/not-the-watcher'
  | 'worker/unexpected';

/** A refusal of the worker's own. */
export class WorkerError extends AppError {
  constructor(code: WorkerCode, init: Omit<Partial<AppErrorInit>, 'code'> = {}) {
    super({ ...init, code });
  }
}

/** The coordinator shows another certificate than the one an operator confirmed: nothing may be sent to it. */
export class PinMismatchError extends WorkerError {
  readonly pinned: string;
  readonly seen: string;

  constructor(pinned: string, seen: string) {
    super('pool/certificate-changed', { details: { pinned, seen } });
    this.pinned = pinned;
    this.seen = seen;
  }
}
