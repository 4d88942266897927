import { AppError } from '@porthole/errors';
import { DbError, type DbErrorCode } from './db-error.ts';

/** Codes of Prisma Client (prisma.io/docs/orm/reference/error-reference) that mean something to us. */
const PRISMA_CODES: Record<string, DbErrorCode> = {
  P1001: 'db/away',
  P1002: 'db/away',
  P1008: 'db/busy',
  P1017: 'db/away',
  P2002: 'db/conflict',
  P2003: 'db/conflict',
  P2014: 'db/conflict',
  P2024: 'db/busy',
  P2025: 'db/not-found',
  P2028: 'db/busy',
  P2034: 'db/busy',
};

/** SQLSTATE (PostgreSQL documentation, appendix A), whole codes first, then classes. */
const SQLSTATES: Record<string, DbErrorCode> = {
  '23502': 'db/invalid',
  '23514': 'db/invalid',
  '42501': 'db/refused',
  '40001': 'db/busy',
  '40P01': 'db/busy',
  '55P03': 'db/busy',
  '57014': 'db/busy',
  '25P03': 'db/busy',
  '08': 'db/away',
  '22': 'db/invalid',
  '23': 'db/conflict',
  '28': 'db/away',
  '3D': 'db/away',
  '53': 'db/busy',
  '57': 'db/away',
};

const NETWORK_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'ETIMEDOUT', 'EPIPE', 'EAI_AGAIN']);
/** pg throws these without any code (pg 8: client.js, pg-pool index.js). */
const NETWORK_WORDS = /Connection terminated|timeout exceeded when trying to connect|Client has encountered/;

/**
 * Turns an error of Prisma or pg into a {@link DbError}; errors of ours and of nobody we know come back as they are,
 * so that a bug keeps its own stack.
 */
export function translateDbError(error: unknown): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error;
  // Its message repeats the whole call, values and all; the last line says what did not fit.
  if (error.name === 'PrismaClientValidationError')
    return new DbError('db/invalid', undefined, { why: error.message.trim().split('\n').at(-1) });
  for (const layer of layersOf(error)) {
    const code = codeOfLayer(layer);
    if (code !== null) return new DbError(code, error, detailsOf(layer));
  }
  return error;
}

/** Runs `work` and lets its errors out translated. */
export async function translating<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw translateDbError(error);
  }
}

/** SQLSTATE of an error of Prisma or pg, however deep it is wrapped; null where there is none. */
export function sqlStateOf(error: unknown): string | null {
  for (const layer of layersOf(error)) {
    const state = field(layer, 'originalCode') ?? field(layer, 'code');
    if (state !== undefined && /^[0-9A-Z]{5}$/.test(state) && !state.startsWith('P1') && !/^P2\d/.test(state))
      return state;
  }
  return null;
}

/** The error and what it wraps: Prisma keeps the driver's under `meta.driverAdapterError` and `cause`. */
function layersOf(error: unknown): object[] {
  const layers: object[] = [];
  let next: unknown = error;
  while (typeof next === 'object' && next !== null && layers.length < 8) {
    layers.push(next);
    const meta: unknown = Reflect.get(next, 'meta');
    const wrapped: unknown =
      typeof meta === 'object' && meta !== null ? Reflect.get(meta, 'driverAdapterError') : undefined;
    next = wrapped ?? Reflect.get(next, 'cause');
  }
  return layers.reverse();
}

function codeOfLayer(layer: object): DbErrorCode | null {
  const state = field(layer, 'originalCode') ?? field(layer, 'code');
  if (state !== undefined) {
    const known = PRISMA_CODES[state] ?? (/^[0-9A-Z]{5}$/.test(state) ? bySqlState(state) : undefined);
    if (known !== undefined) return known;
    if (NETWORK_CODES.has(state)) return 'db/away';
  }
  if (layer instanceof AggregateError && layer.errors.some((one) => codeOfLayer(Object(one)) === 'db/away'))
    return 'db/away';
  return NETWORK_WORDS.test(field(layer, 'message') ?? '') ? 'db/away' : null;
}

function bySqlState(state: string): DbErrorCode | undefined {
  return SQLSTATES[state] ?? SQLSTATES[state.slice(0, 2)];
}

function detailsOf(layer: object): Record<string, unknown> {
  const kept = ['originalCode', 'code', 'kind', 'constraint', 'table', 'schema'] as const;
  return Object.fromEntries(
    kept.flatMap((name) => {
      const value = field(layer, name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function field(layer: object, name: string): string | undefined {
  const value: unknown = Reflect.get(layer, name);
  return typeof value === 'string' ? value : undefined;
}
