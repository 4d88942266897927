/** One event of the log, as it was written. */
export interface LogEvent {
  seq: number;
  at: Date;
  /** `console.open`, `grant.given`, … from the catalogue of libs/audit. */
  action: string;
  outcome: 'ok' | 'refused' | 'failed';
  actor: { personId: string | null; name: string; kind: 'person' | 'system' };
  target: { kind: string; id: string | null; name: string | null } | null;
  ip: string | null;
  data: Record<string, unknown>;
}
