import type { XenEvent } from '../watch-events.ts';

/**
 * One event an object, the last one, in the order in which objects were last heard of. What came and went within the batch is
 * left out; what came and changed has come.
 */
export function mergeEvents(events: readonly XenEvent[]): XenEvent[] {
  const latest = new Map<string, XenEvent>();
  const added = new Set<string>();
  for (const event of events) {
    const key = `${event.class}/${event.ref}`;
    if (event.operation === 'add') added.add(key);
    const isNew = added.has(key);
    latest.delete(key);
    if (event.operation === 'del' && isNew) added.delete(key);
    else latest.set(key, event.operation === 'mod' && isNew ? { ...event, operation: 'add' } : event);
  }
  return [...latest.values()];
}
