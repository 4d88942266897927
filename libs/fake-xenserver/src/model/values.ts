import { randomUUID } from 'node:crypto';

/** xenapi.md §3.1: a point in time; both wires write it without hyphens and with a Z. */
export class DateTime {
  private readonly text: string;

  constructor(ms: number) {
    this.text = `${new Date(ms).toISOString().slice(0, 19).replaceAll('-', '')}Z`;
  }

  toJSON(): string {
    return this.text;
  }
}

/** A float, told apart from an int because XML-RPC writes the two differently (xenapi.md §3.1). */
export class Float {
  constructor(readonly value: number) {}

  toJSON(): number {
    return this.value;
  }
}

/** A value of the data model; plain numbers are ints. */
export type Value = string | number | boolean | DateTime | Float | Value[] | { [key: string]: Value };
export type Fields = Record<string, Value>;

/** xenapi.md §3.1: the reference to nothing. */
export const NULL_REF = 'OpaqueRef:NULL';

export function newRef(): string {
  return `OpaqueRef:${randomUUID()}`;
}

/** The field as a list of strings; anything else counts as empty. */
export function stringsOf(value: Value | undefined): string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}

/** The field as a map of strings; anything else counts as empty. */
export function mapOf(value: Value | undefined): Record<string, string> {
  const map: Record<string, string> = {};
  if (typeof value !== 'object' || Array.isArray(value)) return map;
  if (value instanceof DateTime || value instanceof Float) return map;
  for (const [key, entry] of Object.entries(value)) if (typeof entry === 'string') map[key] = entry;
  return map;
}
