import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { HeadlessConnections } from './headless-connections.ts';

describe('connections without a head', () => {
  it('push out the oldest where there are too many', () => {
    const headless = new HeadlessConnections(2);
    const [first, second, third] = [new PassThrough(), new PassThrough(), new PassThrough()];
    for (const connection of [first, second, third]) headless.enter(connection);
    expect([first.destroyed, second.destroyed, third.destroyed]).toEqual([true, false, false]);
    expect(headless.waiting).toBe(2);
  });

  it('are let alone once their head has come', () => {
    const headless = new HeadlessConnections(1);
    const [first, second] = [new PassThrough(), new PassThrough()];
    headless.enter(first);
    headless.leave(first);
    headless.enter(second);
    expect(first.destroyed).toBe(false);
  });

  it('are forgotten when they go', async () => {
    const headless = new HeadlessConnections(1);
    const connection = new PassThrough();
    headless.enter(connection);
    connection.destroy();
    await new Promise((resolve) => connection.once('close', resolve));
    expect(headless.waiting).toBe(0);
  });
});
