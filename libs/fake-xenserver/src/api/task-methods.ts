import type { PoolWorld } from '../model/pool-world.ts';
import { DateTime, Float } from '../model/values.ts';
import { ApiError } from './api-error.ts';
import type { MethodTable } from './method.ts';
import { textParameter } from './method.ts';
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
export function finishTask(world: PoolWorld, ref: string, error: ApiError | null): void {
  const isCancelled = error?.code === 'TASK_CANCELLED';
  world.db.update('task', ref, {
    status: error ? (isCancelled ? 'cancelled' : 'failure') : 'success',
    progress: new Float(1),
    finished: new DateTime(Date.now()),
    error_info: error ? error.description : [],
    allowed_operations: [],
    // xenapi.md §6: an XML-RPC fragment even over JSON-RPC; nothing for void.
    result: '',
  });
  const finished = world.db
    .rows('task')
    .filter((row) => !['pending', 'cancelling'].includes(String(row.fields.status)));
  for (const row of finished.slice(0, Math.max(0, finished.length - MAX_FINISHED_TASKS))) {
    world.db.delete('task', row.ref);
  }
}
