import type { Fields, Value } from './values.ts';
import { newRef } from './values.ts';

/** One object of the pool: its record and when it was made and last changed, in database generations. */
export interface Row {
  readonly ref: string;
  readonly className: string;
  fields: Fields;
  created: number;
  modified: number;
}

/** An object that is gone; remembered so that event.from can tell of it. */
export interface Deletion {
  ref: string;
  className: string;
  created: number;
  deleted: number;
}

/** xenapi.md §5: deletions are kept in a bounded list, so after a long pause deletes can be missed. */
export const MAX_DELETIONS_KEPT = 5000;

/** The pool's database: objects by class and reference, with a generation counter from which events derive. */
export class Database {
  generation = 0;
  private readonly tables = new Map<string, Map<string, Row>>();
  private readonly deletions: Deletion[] = [];
  private readonly listeners = new Set<(className: string) => void>();

  constructor(readonly classNames: readonly string[]) {
    for (const name of classNames) this.tables.set(name, new Map());
  }

  create(className: string, fields: Fields, ref = newRef()): string {
    const generation = ++this.generation;
    this.table(className).set(ref, { ref, className, fields, created: generation, modified: generation });
    this.changed(className);
    return ref;
  }

  /** Sets fields; without a difference nothing happens and nobody is told. */
  update(className: string, ref: string, fields: Fields): void {
    const row = this.table(className).get(ref);
    if (!row) return;
    const isSame = Object.entries(fields).every(
      ([name, value]) => JSON.stringify(row.fields[name]) === JSON.stringify(value),
    );
    if (isSame) return;
    row.fields = { ...row.fields, ...fields };
    this.touch(row);
  }

  /** Counts as a change of the object without changing it. @returns the new generation */
  touch(row: Row): number {
    row.modified = ++this.generation;
    this.changed(row.className);
    return row.modified;
  }

  delete(className: string, ref: string): void {
    const row = this.table(className).get(ref);
    if (!row) return;
    this.table(className).delete(ref);
    this.deletions.push({ ref, className, created: row.created, deleted: ++this.generation });
    if (this.deletions.length > MAX_DELETIONS_KEPT) this.deletions.shift();
    this.changed(className);
  }

  get(className: string, ref: string): Row | undefined {
    return this.table(className).get(ref);
  }

  field(className: string, ref: string, name: string): Value | undefined {
    return this.get(className, ref)?.fields[name];
  }

  rows(className: string): Row[] {
    return [...this.table(className).values()];
  }

  count(className: string): number {
    return this.table(className).size;
  }

  byUuid(className: string, uuid: string): Row | undefined {
    return this.rows(className).find((row) => row.fields.uuid === uuid);
  }

  deletedSince(generation: number): Deletion[] {
    return this.deletions.filter((deletion) => deletion.deleted > generation);
  }

  /** Calls back after every change, with the class of what changed. */
  subscribe(listener: (className: string) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private changed(className: string): void {
    for (const listener of [...this.listeners]) listener(className);
  }

  private table(className: string): Map<string, Row> {
    const table = this.tables.get(className);
    if (!table) throw new Error(`no class ${className} in this pool`);
    return table;
  }
}
