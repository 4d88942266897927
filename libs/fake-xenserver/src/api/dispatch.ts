import { isUnknownField, UNKNOWN_TO_OLD_CLASSES } from '../model/old-release.ts';
import { type HostEntry, hasRole, type PoolWorld, rolesWith } from '../model/pool-world.ts';
import type { Session } from '../model/sessions.ts';
import type { Value } from '../model/values.ts';
import type { Role } from '../pool-options.ts';
import { ApiError } from './api-error.ts';
import { addEventMethods } from './event-methods.ts';
import type { Call, Method, MethodTable } from './method.ts';
import { addPowerMethods } from './power-methods.ts';
import { addRecordMethods } from './record-methods.ts';
import { addSessionMethods } from './session-methods.ts';
import { addTaskMethods } from './task-methods.ts';
import { addVmMethods } from './vm-methods.ts';

/** Every method of the API by name; which wire carries the call makes no difference. */
export function createMethodTable(): MethodTable {
  const table: MethodTable = new Map();
  addRecordMethods(table);
  addSessionMethods(table);
  addEventMethods(table);
  addTaskMethods(table);
  addPowerMethods(table);
  addVmMethods(table);
  table.set('system.listMethods', {
    parameters: [],
    needsSession: false,
    role: 'read-only',
    run: ({ world }) =>
      [...table.keys()].filter((name) => !name.startsWith('Async.') && !isUnknownToOld(world, name)),
  });
  // xenapi.md §3.3: in the model, but not to be had.
  for (const name of ['console.create', 'console.destroy']) {
    table.set(name, {
      parameters: ['self'],
      needsSession: true,
      role: 'vm-admin',
      run: () => {
        throw new ApiError('NOT_IMPLEMENTED', [name]);
      },
    });
  }
  // xenapi.md §1.6: an underscore alternative of each name exists.
  for (const [name, method] of [...table]) table.set(name.replace('.', '_'), method);
  return table;
}

/**
 * Answers one call.
 * @param parameters all parameters as they came, the session first
 * @throws ApiError with what a host would answer
 */
export async function dispatch(
  table: MethodTable,
  world: PoolWorld,
  host: HostEntry,
  name: string,
  parameters: readonly unknown[],
  signal: AbortSignal,
): Promise<Value> {
  world.stats.rpcCalls++;
  world.stats.callsByMethod[name] = (world.stats.callsByMethod[name] ?? 0) + 1;
  const method = isUnknownToOld(world, name) ? undefined : table.get(name);
  if (!method) throw unknownMethod(world, name, parameters);
  checkCount(name, method, parameters);
  const sessionRef = method.needsSession ? sessionParameter(parameters) : '';
  const session = () => findSession(world, sessionRef);
  const call: Call = {
    world,
    host,
    method: name,
    parameters: method.needsSession ? parameters.slice(1) : parameters,
    sessionRef,
    signal,
    session,
  };
  if (method.needsSession) {
    // xenapi.md §2.1: a member answers any call of an ordinary session with the master's address.
    if (host !== world.master) throw new ApiError('HOST_IS_SLAVE', [world.masterAddress]);
    checkRole(name, method.roleFor?.(call) ?? method.role, session());
  }
  return method.run(call);
}

/** A class of a later release: the host has never heard of its methods. */
function isUnknownToOld(world: PoolWorld, name: string): boolean {
  if (!world.isOldRelease) return false;
  const [className = '', method = ''] = name.split('.');
  return UNKNOWN_TO_OLD_CLASSES.has(className) || isUnknownField(className, method.replace(/^[gs]et_/, ''));
}

function findSession(world: PoolWorld, ref: string): Session {
  const session = world.sessions.find(ref);
  if (!session) throw new ApiError('SESSION_INVALID', [ref]);
  return session;
}

/** xenapi.md §1.6: an unknown name with a text first is taken for an extension call of a session. */
function unknownMethod(world: PoolWorld, name: string, parameters: readonly unknown[]): ApiError {
  const [first] = parameters;
  if (typeof first === 'string' && !world.sessions.find(first))
    return new ApiError('SESSION_INVALID', [first]);
  return new ApiError('MESSAGE_METHOD_UNKNOWN', [name]);
}

function sessionParameter(parameters: readonly unknown[]): string {
  const [first] = parameters;
  if (typeof first !== 'string') throw new ApiError('FIELD_TYPE_ERROR', ['session_id']);
  return first;
}

function checkCount(name: string, method: Method, parameters: readonly unknown[]): void {
  const session = method.needsSession ? 1 : 0;
  const most = method.parameters.length + session;
  const least = method.parameters.filter((parameter) => !parameter.endsWith('?')).length + session;
  if (parameters.length < least || parameters.length > most) {
    throw new ApiError('MESSAGE_PARAMETER_COUNT_MISMATCH', [name, String(most), String(parameters.length)]);
  }
}

/** xenapi.md §2.5: the permission's name and the roles that have it. */
function checkRole(name: string, needed: Role, session: Session): void {
  if (hasRole(session.role, needed)) return;
  const roles = rolesWith(needed).join(', ');
  throw new ApiError('RBAC_PERMISSION_DENIED', [
    name.replace(/^Async\./, '').toLowerCase(),
    `No permission in user session. (Roles with this permission: ${roles})`,
  ]);
}
