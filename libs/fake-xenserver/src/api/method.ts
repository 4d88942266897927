import type { HostEntry, PoolWorld } from '../model/pool-world.ts';
import type { Session } from '../model/sessions.ts';
import type { Value } from '../model/values.ts';
import type { Role } from '../pool-options.ts';
import { ApiError } from './api-error.ts';

/** A call as it arrives from either wire; parameters exclude the session. */
export interface Call {
  readonly world: PoolWorld;
  /** The host that was asked. */
  readonly host: HostEntry;
  readonly method: string;
  readonly parameters: readonly unknown[];
  /** The session's reference, whether or not it is still good; '' for calls without one. */
  readonly sessionRef: string;
  /** Ends when the caller hangs up or the pool stops. */
  readonly signal: AbortSignal;
  /** The caller's session. @throws ApiError SESSION_INVALID */
  session(): Session;
}

export interface Method {
  /** Names of the parameters after the session; a trailing `?` marks an optional one. */
  readonly parameters: readonly string[];
  readonly needsSession: boolean;
  readonly role: Role;
  /** Where the role depends on the parameters; null for {@link role}. */
  roleFor?(call: Call): Role | null;
  run(call: Call): Promise<Value> | Value;
}

export type MethodTable = Map<string, Method>;

/** The parameter as text. @throws ApiError FIELD_TYPE_ERROR */
export function textParameter(call: Call, at: number, name: string): string {
  const value = call.parameters[at];
  if (typeof value !== 'string') throw new ApiError('FIELD_TYPE_ERROR', [name]);
  return value;
}

/** xenapi.md §3.1: ints come as numbers in JSON and as digits in XML-RPC; floats likewise. */
export function numberParameter(call: Call, at: number, fallback: number): number {
  const value = call.parameters[at];
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : fallback;
}

export function listParameter(call: Call, at: number, name: string): string[] {
  const value = call.parameters[at];
  if (!Array.isArray(value) || !value.every((entry) => typeof entry === 'string')) {
    throw new ApiError('FIELD_TYPE_ERROR', [name]);
  }
  return value;
}
