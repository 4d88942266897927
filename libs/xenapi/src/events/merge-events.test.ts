import { describe, expect, it } from 'vitest';
import type { OpaqueRef } from '../opaque-ref.ts';
import { isOpaqueRef } from '../opaque-ref.ts';
import type { XenEvent } from '../watch-events.ts';
import { mergeEvents } from './merge-events.ts';

function ref(name: string): OpaqueRef {
  const text = `OpaqueRef:${name.repeat(8)}`;
  if (!isOpaqueRef(text)) throw new Error(text);
  return text;
}

function event(name: string, operation: XenEvent['operation'], snapshot?: unknown): XenEvent {
  return { class: 'VM', operation, ref: ref(name), ...(snapshot === undefined ? {} : { snapshot }) };
}

describe('mergeEvents', () => {
  it('keeps the last record of each object, in the order of the last word', () => {
    const merged = mergeEvents([event('a', 'mod', 1), event('b', 'mod', 2), event('a', 'mod', 3)]);
    expect(merged).toEqual([event('b', 'mod', 2), event('a', 'mod', 3)]);
  });

  it('calls new what came and changed, and leaves out what came and went', () => {
    expect(mergeEvents([event('a', 'add', 1), event('a', 'mod', 2)])).toEqual([event('a', 'add', 2)]);
    expect(mergeEvents([event('a', 'add', 1), event('a', 'del')])).toEqual([]);
    expect(mergeEvents([event('a', 'mod', 1), event('a', 'del')])).toEqual([event('a', 'del')]);
  });

  it('does not take one class for another', () => {
    const host: XenEvent = { class: 'host', operation: 'del', ref: ref('a') };
    expect(mergeEvents([event('a', 'mod', 1), host])).toHaveLength(2);
  });
});
