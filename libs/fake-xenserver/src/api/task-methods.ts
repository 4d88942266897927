import type { PoolWorld } from '../model/pool-world.ts';
import { DateTime, Float } from '../model/values.ts';
import type { Role } from '../pool-options.ts';
import { ApiError } from './api-error.ts';
import { type Call, type MethodTable, textParameter } from './method.ts';
import { rowOf } from './record-methods.ts';

/** xenapi.md §6: finished tasks vanish beyond 200 of them, the oldest first. */
export const MAX_FINISHED_TASKS = 200;

/** Tasks (xenapi.md §3.5, §6). */
export function addTaskMethods(table: MethodTable): void {
  table.set('task.create', {
    parameters: ['label', 'description'],
    needsSession: true,
    role: 'read-only',
    run: (call) =>
      createTask(
        call.world,
        call.host.ref,
        textParameter(call, 0, 'label'),
        textParameter(call, 1, 'description'),
      ),
  });
  table.set('task.destroy', {
    parameters: ['self'],
    needsSession: true,
    role: 'read-only',
    run: (call) => {
      call.world.db.delete('task', rowOf(call, 'task').ref);
      return '';
    },
  });
  table.set('task.cancel', {
    parameters: ['task'],
    needsSession: true,
    role: 'read-only',
    run: (call) => {
      const row = rowOf(call, 'task');
      const allowed = row.fields.allowed_operations;
      if (!Array.isArray(allowed) || !allowed.includes('cancel')) {
        throw new ApiError('OPERATION_NOT_ALLOWED', [`task ${row.ref} cannot be cancelled`]);
      }
      call.world.db.update('task', row.ref, { status: 'cancelling', allowed_operations: [] });
      return '';
    },
  });
}

/**
 * A call that takes its time, plain and with the prefix `Async.` (xenapi.md §6).
 * @param method.check what is refused at once in both forms; the rest is refused within the task
 * @param method.run does it; resolves with the result, '' for none
 */
export function setBoth(
  table: MethodTable,
  name: string,
  method: {
    parameters: readonly string[];
    role: Role;
    check(call: Call): void;
    run(call: Call, task: string): Promise<string>;
  },
): void {
  const common = { parameters: method.parameters, needsSession: true, role: method.role };
  const begin = (call: Call, label: string) => {
    method.check(call);
    return {
      task: createTask(call.world, call.host.ref, label),
      end: call.world.sessions.beginTask(call.sessionRef),
    };
  };
  table.set(name, {
    ...common,
    run: async (call) => {
      // A plain call has a task as well; without one current_operations could not name it (xenapi.md §3.2).
      const { task, end } = begin(call, name);
      try {
        return await method.run(call, task);
      } finally {
        end();
        call.world.db.delete('task', task);
      }
    },
  });
  table.set(`Async.${name}`, {
    ...common,
    run: (call) => {
      const { task, end } = begin(call, `Async.${name}`);
      method
        .run(call, task)
        .then(
          (result) => finishTask(call.world, task, null, result),
          (error: unknown) => finishTask(call.world, task, asApiError(error)),
        )
        .finally(end);
      return task;
    },
  });
}

export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError('INTERNAL_ERROR', [error instanceof Error ? error.message : String(error)]);
}

export function createTask(world: PoolWorld, hostRef: string, label: string, description = ''): string {
  return world.add('task', {
    uuid: crypto.randomUUID(),
    name_label: label,
    name_description: description,
    created: new DateTime(Date.now()),
    resident_on: hostRef,
  });
}

export function isCancelling(world: PoolWorld, ref: string): boolean {
  return world.db.field('task', ref, 'status') === 'cancelling';
}

/** Ends a task with its outcome: null for success, else the error. */
export function finishTask(world: PoolWorld, ref: string, error: ApiError | null, result = ''): void {
  const isCancelled = error?.code === 'TASK_CANCELLED';
  world.db.update('task', ref, {
    status: error ? (isCancelled ? 'cancelled' : 'failure') : 'success',
    progress: new Float(1),
    finished: new DateTime(Date.now()),
    error_info: error ? error.description : [],
    allowed_operations: [],
    // xenapi.md §6: an XML-RPC fragment even over JSON-RPC; nothing for void.
    result: result === '' ? '' : `<value>${result}</value>`,
  });
  const finished = world.db
    .rows('task')
    .filter((row) => !['pending', 'cancelling'].includes(String(row.fields.status)));
  for (const row of finished.slice(0, Math.max(0, finished.length - MAX_FINISHED_TASKS))) {
    world.db.delete('task', row.ref);
  }
}
