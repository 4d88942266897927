const XEN_DATE = /^(\d{4})-?(\d\d)-?(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d+)?(Z|[+-]\d\d:?\d\d)?$/;
const XEN_INT = /^-?[0-9]{1,19}$/;

/**
 * A date of XenAPI, or null for what is none: `20240420T12:00:00Z`, with or without its hyphens and zone; without a zone it
 * is UTC (xenapi.md §3.1). `Date.parse` refuses this form.
 */
export function parseXenDate(value: string): Date | null {
  const parts = XEN_DATE.exec(value);
  if (parts === null) return null;
  const [, year, month, day, hour, minute, second, zone = 'Z'] = parts;
  const date = new Date(
    `${year}-${month}-${day}T${hour}:${minute}:${second}${zone.replace(/(\d\d)(\d\d)$/, '$1:$2')}`,
  );
  return Number.isNaN(date.getTime()) ? null : date;
}

/** An int of XenAPI, which XML-RPC brings as a string of digits (xenapi.md §3.1); null for what is none. */
export function parseXenInt(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  return typeof value === 'string' && XEN_INT.test(value) ? Number(value) : null;
}
