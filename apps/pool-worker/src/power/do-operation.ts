import type { Db } from '@porthole/db';
import { ACT_RULES, isReboot, type PowerAct, type PowerFailure, WAIT_FOR_POOL_MS } from '@porthole/rbac';
import { isOpaqueRef, isXenError, vmRecord, XenApiError, type XenCalls, XenTask } from '@porthole/xenapi';
import type { PoolIds } from '../pools/read-pool.ts';
import { isForLater, judgePowerError } from './judge-power-error.ts';
import {
  beginSending,
  finishOperation,
  isStillTheirs,
  noteProgress,
  noteTask,
  type OpenOperation,
  type OperationEnd,
  waitAgain,
} from './operation-rows.ts';

/** What was begun and left no trace: so long the pool may take to show it, in milliseconds. */
export const TRACE_MS = 2_000;
/** Smallest step of progress that is written: each is told to every page. */
const LEAST_PROGRESS = 0.02;

/** `start_paused` and `force` (xenapi.md §6). */
const MORE_PARAMETERS: Partial<Record<PowerAct, readonly unknown[]>> = {
  start: [false, false],
  resume: [false, false],
};

export interface OperationDeps {
  readonly db: Db;
  readonly pool: PoolIds;
  readonly calls: XenCalls;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  /** Whether somebody has asked meanwhile to call it off. */
  readonly isCancelAsked: () => boolean;
}

const done: OperationEnd = { step: 'done', failure: null, text: null };
const cancelled: OperationEnd = { step: 'cancelled', failure: 'cancelled', text: null };
const unclear: OperationEnd = { step: 'unclear', failure: 'unclear', text: null };
const failed = (failure: PowerFailure): OperationEnd => ({ step: 'failed', failure, text: null });

/**
 * Takes one operation as far as it goes: sends it once, follows its task at the pool, and writes how it ended. May be
 * called again at any point, also by another worker: what was begun is looked for at the pool and never sent twice blindly.
 * @throws DbError, XenTransportError, EgressError where it has to be tried again later
 */
export async function doOperation(deps: OperationDeps, operation: OpenOperation): Promise<void> {
  const end = await outcomeOf(deps, operation);
  if (end !== 'later') await finishOperation(deps.db, operation, end, deps.now());
}

async function outcomeOf(deps: OperationDeps, operation: OpenOperation): Promise<OperationEnd | 'later'> {
  if (operation.taskRef !== null) return follow(deps, operation, XenTask.of(deps.calls, operation.taskRef));
  if (operation.step === 'waiting') return begin(deps, operation);
  return recover(deps, operation);
}

async function begin(deps: OperationDeps, operation: OpenOperation): Promise<OperationEnd | 'later'> {
  const { db, pool, now } = deps;
  if (operation.cancelAskedAt !== null) return cancelled;
  if (now().getTime() - operation.createdAt.getTime() > WAIT_FOR_POOL_MS) return failed('later');
  if (!(await isStillTheirs(db, pool, operation))) return failed('gone');
  const vm = await findVm(deps, operation);
  if (vm === null) return failed('gone');
  if (!(await beginSending(db, operation, now()))) return 'later';
  return send(deps, operation, vm.ref);
}

async function send(deps: OperationDeps, operation: OpenOperation, vmRef: string) {
  const { calls, db, signal } = deps;
  const { act } = operation;
  let task: XenTask;
  try {
    task = await XenTask.start(calls, `VM.${act}`, [vmRef, ...(MORE_PARAMETERS[act] ?? [])], { signal });
  } catch (error) {
    // Without an answer nobody knows whether it was taken: the next look finds out.
    if (!(error instanceof XenApiError)) throw error;
    if (!isForLater(error)) return judgePowerError(error, isOwners(deps, operation));
    await waitAgain(db, operation);
    return 'later';
  }
  await noteTask(db, operation, task.ref);
  return follow(deps, operation, task);
}

/**
 * It was about to be sent, and whoever was to note its task is gone. What leads to a state may be sent again, since a
 * machine that is there refuses it; a reboot may not.
 */
async function recover(deps: OperationDeps, operation: OpenOperation): Promise<OperationEnd | 'later'> {
  const { act, sentAt } = operation;
  if (deps.now().getTime() - (sentAt?.getTime() ?? 0) < TRACE_MS) return 'later';
  const vm = await findVm(deps, operation);
  if (vm === null) return failed('gone');
  const [taskRef] = Object.entries(vm.operations).find(([, name]) => name === act) ?? [];
  if (taskRef !== undefined && isOpaqueRef(taskRef)) {
    await noteTask(deps.db, operation, taskRef);
    return follow(deps, operation, XenTask.of(deps.calls, taskRef));
  }
  if (isReboot(act)) return unclear;
  if (vm.powerState === ACT_RULES[act].to) return done;
  if (!ACT_RULES[act].from.some((state) => state === vm.powerState)) return unclear;
  // Sending it again is asking anew: not what was called off, nor for who has the machine no more.
  if (operation.cancelAskedAt !== null) return cancelled;
  if (!(await isStillTheirs(deps.db, deps.pool, operation))) return failed('gone');
  return send(deps, operation, vm.ref);
}

async function follow(deps: OperationDeps, operation: OpenOperation, task: XenTask): Promise<OperationEnd> {
  const { db, signal } = deps;
  let written = 0;
  let isAsked = false;
  let writing = Promise.resolve();
  const outcome = await task.outcome({
    signal,
    onProgress: ({ progress, mayCancel }) => {
      if (progress - written >= LEAST_PROGRESS) {
        written = progress;
        writing = writing.then(() => noteProgress(db, operation, progress)).catch(() => undefined);
      }
      if (deps.isCancelAsked() && mayCancel && !isAsked) {
        isAsked = true;
        // That it was asked does not mean that it stops: the outcome says. Where it was lost it is asked again.
        void task.cancel({ signal }).catch(() => {
          isAsked = false;
        });
      }
    },
  });
  await writing;
  const end = await endOf(deps, operation, outcome);
  // The pool keeps 200 for everybody, and clears them up by itself where this is lost.
  await task.destroy({ signal }).catch(() => undefined);
  return end;
}

async function endOf(
  deps: OperationDeps,
  operation: OpenOperation,
  outcome: Awaited<ReturnType<XenTask['outcome']>>,
): Promise<OperationEnd> {
  switch (outcome.kind) {
    case 'success':
      return done;
    case 'cancelled':
      return cancelled;
    case 'failure':
      return judgePowerError(outcome.error, isOwners(deps, operation));
    case 'unknown': {
      const vm = await findVm(deps, operation);
      if (vm === null) return failed('gone');
      return !isReboot(operation.act) && vm.powerState === ACT_RULES[operation.act].to ? done : unclear;
    }
  }
}

/** Whether the pool's own organisation asked. */
function isOwners({ pool }: OperationDeps, { tenantId }: OpenOperation): boolean {
  return tenantId === pool.tenantId;
}

interface FoundVm {
  readonly ref: string;
  readonly powerState: string;
  /** Task by task, what is under way. */
  readonly operations: Readonly<Record<string, string>>;
}

/** The machine as its pool has it now; null where the pool has none of this uuid. */
async function findVm({ calls, signal }: OperationDeps, { vmUuid }: OpenOperation): Promise<FoundVm | null> {
  try {
    const ref = String(await calls.call('VM.get_by_uuid', [vmUuid], { signal }));
    const { power_state, current_operations } = vmRecord.parse(
      await calls.call('VM.get_record', [ref], { signal }),
    );
    return { ref, powerState: power_state, operations: current_operations };
  } catch (error) {
    if (isXenError(error, 'UUID_INVALID') || isXenError(error, 'HANDLE_INVALID')) return null;
    throw error;
  }
}
