/** Errors within errors are followed so far. */
const MAX_DEPTH = 8;
/** And of those that hold several, so many. */
const MAX_ERRORS = 8;

/**
 * What is kept of an error, beside its own words and its stack: a closed list. Drivers hang more on theirs, and
 * PostgreSQL's `detail` of a refused row is the row, with its password hash.
 */
const KEPT = ['code', 'details', 'schema', 'table', 'column', 'constraint', 'routine', 'syscall'] as const;

/** An error as a line of the log holds it, with its causes. */
export function errorFields(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return depth === 0 ? error : { type: typeof error };
  const fields: Record<string, unknown> = {
    type: error.constructor.name,
    message: error.message,
    stack: error.stack,
  };
  for (const name of KEPT) {
    const value: unknown = Reflect.get(error, name);
    if (value !== undefined) fields[name] = value;
  }
  if (depth >= MAX_DEPTH) return fields;
  if (error.cause !== undefined) fields.cause = errorFields(error.cause, depth + 1);
  if (error instanceof AggregateError)
    fields.errors = error.errors.slice(0, MAX_ERRORS).map((one) => errorFields(one, depth + 1));
  return fields;
}
