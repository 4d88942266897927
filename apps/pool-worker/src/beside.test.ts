import { describe, expect, it } from 'vitest';
import { Beside } from './beside.ts';

function gated() {
  const waiting: (() => void)[] = [];
  return { act: () => new Promise<void>((resolve) => waiting.push(resolve)), waiting };
}

describe('work beside a loop', () => {
  it('is done one round at a time, and once more if it was asked for meanwhile', async () => {
    const { act, waiting } = gated();
    const beside = new Beside(act, () => undefined);
    const done = beside.start();
    void beside.start();
    void beside.start();
    expect(waiting).toHaveLength(1);
    waiting[0]?.();
    await expect.poll(() => waiting.length).toBe(2);
    waiting[1]?.();
    await done;
    expect(waiting).toHaveLength(2);
  });

  it('tells the loop of its failure, and only when the loop asks', async () => {
    let woken = 0;
    const beside = new Beside(
      async () => {
        throw new Error('the member changed its certificate');
      },
      () => {
        woken += 1;
      },
    );
    await beside.start();
    expect(woken).toBe(1);
    expect(() => beside.rethrow()).toThrow('the member changed its certificate');
  });

  it('can be waited for, and does not begin again then', async () => {
    const { act, waiting } = gated();
    const beside = new Beside(act, () => undefined);
    void beside.start();
    void beside.start();
    const settled = beside.settle();
    waiting[0]?.();
    await settled;
    expect(waiting).toHaveLength(1);
    expect(() => beside.rethrow()).not.toThrow();
  });
});
