/**
 * The columns in which `after` differs from `before`, or null if none does. Only keys of `after` are compared; dates by
 * their time, lists by their members.
 */
export function changedColumns<T extends object>(before: T, after: Partial<T>): Partial<T> | null {
  const changed: Partial<T> = {};
  let differs = false;
  for (const key of keysOf(after)) {
    if (isSame(before[key], after[key])) continue;
    Object.assign(changed, { [key]: after[key] });
    differs = true;
  }
  return differs ? changed : null;
}

function keysOf<T extends object>(row: T): (keyof T)[] {
  const keys: (keyof T)[] = [];
  for (const key in row) if (Object.hasOwn(row, key)) keys.push(key);
  return keys;
}

function isSame(a: unknown, b: unknown): boolean {
  if (a instanceof Date && b instanceof Date) return a.getTime() === b.getTime();
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, at) => isSame(item, b[at]));
  }
  return a === b;
}
