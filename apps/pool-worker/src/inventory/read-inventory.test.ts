import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { readInventory } from './read-inventory.ts';
import { refOf, uuidOf } from './test-records.ts';

const POOL = { [refOf('pool')]: { uuid: uuidOf(2), master: refOf('host-a') } };

/** A pool that answers a class at a time; whatever is left out has no objects. */
function read(answers: Readonly<Record<string, unknown>>) {
  const told: string[] = [];
  const call = async (method: string) => {
    const cls = method.replace('.get_all_records', '');
    told.push(`asked ${cls}`);
    await turn();
    const answer = answers[cls] ?? {};
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const onUnreadable = (cls: string) => told.push(`read ${cls}`);
  return { told, done: readInventory({ call }, { signal: new AbortController().signal, onUnreadable }) };
}

describe('the whole pool', () => {
  it('is asked for the next class before one is read, and for one at a time', async () => {
    const unreadable = { [refOf('other')]: {} };
    const { told, done } = read({ pool: POOL, host: unreadable, console: unreadable, VM: unreadable });
    await done;
    expect(told).toEqual([
      'asked pool',
      'asked host',
      'asked host_metrics',
      'read host',
      'asked Certificate',
      'asked console',
      'asked VM_metrics',
      'read console',
      'asked VM_guest_metrics',
      'asked VM',
      'read VM',
    ]);
  });

  it('is not asked on where nobody coordinates it', async () => {
    const { told, done } = read({});
    await expect(done).rejects.toMatchObject({ code: 'pool/no-coordinator' });
    expect(told).toEqual(['asked pool']);
  });

  it('ends with what a class was refused with, and what was asked ahead fails unheard', async () => {
    const gone = new Error('the next one is lost too');
    const { done } = read({ pool: POOL, host: 'not a map', host_metrics: gone });
    await expect(done).rejects.toMatchObject({ code: 'xenapi/unexpected-record' });
    await expect(read({ pool: POOL, console: gone }).done).rejects.toBe(gone);
  });
});
