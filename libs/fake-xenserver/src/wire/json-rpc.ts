import type { ApiError } from '../api/api-error.ts';
import type { Value } from '../model/values.ts';

/** A call as both forms of JSON-RPC carry it (xenapi.md §1.5). */
export interface JsonCall {
  version: '1.0' | '2.0';
  method: string;
  parameters: readonly unknown[];
  id: string | number;
}

/** @returns null for what is no call: a host answers HTTP 500 with HTML (xenapi.md §1.5) */
export function parseJsonCall(body: string): JsonCall | null {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    // Malformed bodies get the same page as well-formed ones that are no call.
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { jsonrpc, method, params, id } = Object.fromEntries(Object.entries(value));
  if (typeof method !== 'string' || !Array.isArray(params)) return null;
  if (typeof id !== 'string' && typeof id !== 'number') return null;
  return { version: jsonrpc === '2.0' ? '2.0' : '1.0', method, parameters: params, id };
}

/** The table of answers in xenapi.md §1.5: in 2.0 the numeric code is always 1, the real one is the message. */
export function formatJsonAnswer(call: JsonCall, outcome: { value: Value } | { error: ApiError }): string {
  const { id } = call;
  if ('value' in outcome) {
    return JSON.stringify(
      call.version === '2.0'
        ? { jsonrpc: '2.0', result: outcome.value, id }
        : { result: outcome.value, error: null, id },
    );
  }
  const { code, parameters, description } = outcome.error;
  return JSON.stringify(
    call.version === '2.0'
      ? { jsonrpc: '2.0', error: { code: 1, message: code, data: parameters }, id }
      : { result: null, error: description, id },
  );
}
