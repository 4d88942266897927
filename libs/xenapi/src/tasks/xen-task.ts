import { setTimeout as delay } from 'node:timers/promises';
import { isOpaqueRef, type OpaqueRef } from '../opaque-ref.ts';
import { taskRecord } from '../records.ts';
import type { XenCalls } from '../xen-session.ts';
import type { CallOptions } from '../xenapi-client.ts';
import { isXenError, XenTransportError } from '../xenapi-error.ts';
import { type TaskOutcome, taskOutcome } from './task-outcome.ts';

/** First and longest pause between two looks at a task, in milliseconds. */
export const FIRST_LOOK_MS = 100;
export const LONGEST_LOOK_MS = 2_000;

export interface TaskProgress {
  /** From 0 to 1, as the host estimates it; it may stand still, and go back. */
  readonly progress: number;
  readonly mayCancel: boolean;
}

export interface OutcomeOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: TaskProgress) => void;
  readonly wait?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** An operation that the pool does in the background (xenapi.md §6). */
export class XenTask {
  readonly ref: OpaqueRef;
  readonly #calls: XenCalls;

  private constructor(calls: XenCalls, ref: OpaqueRef) {
    this.#calls = calls;
    this.ref = ref;
  }

  /**
   * Starts `Async.METHOD`. What concerns the session, the role or the parameters is refused here; what concerns the state
   * of the object mostly in the outcome.
   * @param method without its prefix: `VM.clean_shutdown`
   * @throws as `XenCalls.call`; XenTransportError xenapi/unexpected-record
   */
  static async start(
    calls: XenCalls,
    method: string,
    params: readonly unknown[],
    options: CallOptions = {},
  ): Promise<XenTask> {
    return XenTask.of(calls, await calls.call(`Async.${method}`, params, options));
  }

  /** Takes up a task whose reference was kept. @throws XenTransportError xenapi/unexpected-record */
  static of(calls: XenCalls, ref: unknown): XenTask {
    if (typeof ref !== 'string' || !isOpaqueRef(ref))
      throw new XenTransportError('xenapi/unexpected-record', { class: 'task', reason: 'reference' });
    return new XenTask(calls, ref);
  }

  /**
   * Looks until it is over. The task is not removed at the pool: see {@link destroy}.
   * @throws as `XenCalls.call`; XenTransportError xenapi/aborted by the signal, and the task goes on
   */
  async outcome({ signal, onProgress, wait = abortableDelay }: OutcomeOptions = {}): Promise<TaskOutcome> {
    for (let pause = FIRST_LOOK_MS; ; pause = Math.min(pause * 2, LONGEST_LOOK_MS)) {
      const now = await this.look(signal === undefined ? {} : { signal });
      if (now === null) return { kind: 'unknown' };
      if ('kind' in now) return now;
      onProgress?.(now);
      await wait(pause, signal);
      if (signal?.aborted === true) throw new XenTransportError('xenapi/aborted');
    }
  }

  /** One look: the outcome, how far it is, or null when the task has vanished. @throws as `XenCalls.call` */
  async look(options: CallOptions = {}): Promise<TaskOutcome | TaskProgress | null> {
    try {
      const parsed = taskRecord.safeParse(await this.#calls.call('task.get_record', [this.ref], options));
      if (!parsed.success) throw new XenTransportError('xenapi/unexpected-record', { class: 'task' });
      const { progress, allowed_operations } = parsed.data;
      return (
        taskOutcome(parsed.data) ?? {
          progress: Math.min(1, Math.max(0, progress)),
          mayCancel: allowed_operations.includes('cancel'),
        }
      );
    } catch (error) {
      if (isXenError(error, 'HANDLE_INVALID') || isXenError(error, 'UUID_INVALID')) return null;
      throw error;
    }
  }

  /**
   * Asks the pool to cancel. That it was asked does not mean that it stops: the outcome says.
   * @returns `too-late` when the pool no longer allows it or the task is gone
   * @throws as `XenCalls.call`
   */
  async cancel(options: CallOptions = {}): Promise<'asked' | 'too-late'> {
    const now = await this.look(options);
    if (now === null || 'kind' in now || !now.mayCancel) return 'too-late';
    try {
      await this.#calls.call('task.cancel', [this.ref], options);
      return 'asked';
    } catch (error) {
      if (isXenError(error, 'OPERATION_NOT_ALLOWED') || isXenError(error, 'HANDLE_INVALID'))
        return 'too-late';
      throw error;
    }
  }

  /** Removes a task that is over: the pool keeps 200 for everybody (xenapi.md §6). @throws as `XenCalls.call` */
  async destroy(options: CallOptions = {}): Promise<void> {
    try {
      await this.#calls.call('task.destroy', [this.ref], options);
    } catch (error) {
      if (!isXenError(error, 'HANDLE_INVALID')) throw error;
    }
  }
}

async function abortableDelay(ms: number, signal?: AbortSignal): Promise<void> {
  const options = signal === undefined ? {} : { signal };
  await delay(ms, undefined, options).catch((error: unknown) => {
    if (signal?.aborted !== true) throw error;
  });
}
