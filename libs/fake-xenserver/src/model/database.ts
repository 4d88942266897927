import { isSameValue } from './same-value.ts';
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

interface Table {
  readonly rows: Map<string, Row>;
  readonly refByUuid: Map<string, string>;
}

interface Change {
  readonly generation: number;
  readonly row: Row;
}

/** xenapi.md §5: deletions are kept in a bounded list, so after a long pause deletes can be missed. */
export const MAX_DELETIONS_KEPT = 5000;
/** Changes that are kept in order, so that a poll costs what has changed and not what there is. */
const MAX_CHANGES_KEPT = 50_000;

/** The pool's database: objects by class and reference, with a generation counter from which events derive. */
export class Database {
  generation = 0;
  private readonly tables = new Map<string, Table>();
  private readonly deletions: Deletion[] = [];
  /** Ascending; the newest entry of a row is the one whose generation is the row's. */
  private changes: Change[] = [];
  /** Generations up to this one are no longer in `changes`. */
  private forgotten = 0;
  private readonly listeners = new Set<(className: string) => void>();

  constructor(readonly classNames: readonly string[]) {
    for (const name of classNames) this.tables.set(name, { rows: new Map(), refByUuid: new Map() });
  }

  create(className: string, fields: Fields, ref = newRef()): string {
    const table = this.table(className);
    const row = { ref, className, fields, created: 0, modified: 0 };
    row.created = this.note(row);
    table.rows.set(ref, row);
    if (typeof fields.uuid === 'string') table.refByUuid.set(fields.uuid, ref);
    this.changed(className);
    return ref;
  }

  /** Sets fields; without a difference nothing happens and nobody is told. */
  update(className: string, ref: string, fields: Fields): void {
    const row = this.table(className).rows.get(ref);
    if (!row) return;
    let isSame = true;
    for (const name of Object.keys(fields)) isSame &&= isSameValue(row.fields[name], fields[name]);
    if (isSame) return;
    row.fields = { ...row.fields, ...fields };
    this.touch(row);
  }

  /** Counts as a change of the object without changing it. @returns the new generation */
  touch(row: Row): number {
    this.note(row);
    this.changed(row.className);
    return row.modified;
  }

  delete(className: string, ref: string): void {
    const table = this.table(className);
    const row = table.rows.get(ref);
    if (!row) return;
    table.rows.delete(ref);
    if (typeof row.fields.uuid === 'string') table.refByUuid.delete(row.fields.uuid);
    this.deletions.push({ ref, className, created: row.created, deleted: ++this.generation });
    if (this.deletions.length > MAX_DELETIONS_KEPT) this.deletions.shift();
    this.changed(className);
  }

  get(className: string, ref: string): Row | undefined {
    return this.table(className).rows.get(ref);
  }

  field(className: string, ref: string, name: string): Value | undefined {
    return this.get(className, ref)?.fields[name];
  }

  rows(className: string): Row[] {
    return [...this.table(className).rows.values()];
  }

  count(className: string): number {
    return this.table(className).rows.size;
  }

  byUuid(className: string, uuid: string): Row | undefined {
    const ref = this.table(className).refByUuid.get(uuid);
    return ref === undefined ? undefined : this.get(className, ref);
  }

  /** Rows that were made or changed after the generation, each once, in the order of their last change. */
  changedSince(generation: number): Row[] {
    if (generation < this.forgotten) {
      const all = this.classNames.flatMap((name) => this.rows(name));
      return all.filter((row) => row.modified > generation).sort((a, b) => a.modified - b.modified);
    }
    const rows: Row[] = [];
    for (let at = this.firstAfter(generation); at < this.changes.length; at++) {
      const change = this.changes[at];
      if (!change || change.row.modified !== change.generation) continue;
      if (this.get(change.row.className, change.row.ref) === change.row) rows.push(change.row);
    }
    return rows;
  }

  deletedSince(generation: number): Deletion[] {
    return this.deletions.filter((deletion) => deletion.deleted > generation);
  }

  /** Calls back after every change, with the class of what changed. */
  subscribe(listener: (className: string) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private note(row: Row): number {
    row.modified = ++this.generation;
    this.changes.push({ generation: row.modified, row });
    if (this.changes.length > MAX_CHANGES_KEPT) {
      const kept = this.changes.slice(MAX_CHANGES_KEPT / 2);
      this.forgotten = (kept[0]?.generation ?? this.generation) - 1;
      this.changes = kept;
    }
    return row.modified;
  }

  private firstAfter(generation: number): number {
    let [low, high] = [0, this.changes.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.changes[middle]?.generation ?? 0) > generation) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  private changed(className: string): void {
    for (const listener of [...this.listeners]) listener(className);
  }

  private table(className: string): Table {
    const table = this.tables.get(className);
    if (!table) throw new Error(`no class ${className} in this pool`);
    return table;
  }
}
