import type { ChangedMachines } from '../../server/machines/changed-machines.ts';
import type { MachineList } from '../../server/machines/list-machines.ts';

/**
 * The list with what has changed in it; null where it has to be read again: a machine came or left, or its tags are others,
 * by which the list is filtered. Rows that did not change stay the same objects, so that nothing of them is drawn again.
 */
export function mergeChanges(list: MachineList, changed: ChangedMachines): MachineList | null {
  if (changed.isWhole) return null;
  const at = new Map(list.rows.map((row, index) => [row.id, index]));
  if (changed.left.some((id) => at.has(id))) return null;
  const rows = [...list.rows];
  for (const row of changed.rows) {
    const index = at.get(row.id);
    const before = index === undefined ? undefined : rows[index];
    if (index === undefined || before === undefined) return null;
    // The list comes sorted by name.
    if (before.name !== row.name || before.tags.join('\n') !== row.tags.join('\n')) return null;
    if (JSON.stringify(before) !== JSON.stringify(row)) rows[index] = row;
  }
  return { ...list, rows, asOf: changed.asOf };
}
