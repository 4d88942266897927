/** One setting that an event changed, as the log holds it. */
export interface LoggedChange {
  setting: string;
  from: string | number;
  to: string | number;
}

/** What a `policy.changed` says of its settings; what has another shape is left out. */
export function changesIn(data: Record<string, unknown>): LoggedChange[] {
  return Array.isArray(data.changes) ? data.changes.filter(isChange) : [];
}

function isChange(value: unknown): value is LoggedChange {
  return (
    typeof value === 'object' &&
    value !== null &&
    'setting' in value &&
    typeof value.setting === 'string' &&
    'from' in value &&
    isPlain(value.from) &&
    'to' in value &&
    isPlain(value.to)
  );
}

function isPlain(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}
