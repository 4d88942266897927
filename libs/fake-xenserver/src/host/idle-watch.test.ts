import { describe, expect, it } from 'vitest';
import { IdleWatch } from './idle-watch.ts';

const HELLO = Buffer.from('RFB 003.003\n\x01', 'latin1');
const key = Buffer.of(4, 1, 0, 0, 0, 0, 0, 0x61);
const request = Buffer.of(3, 1, 0, 0, 0, 0, 0, 1, 0, 1);
const cutText = Buffer.of(6, 0, 0, 0, 0, 0, 0, 4, 4, 4, 4, 4);
const encodings = Buffer.of(2, 0, 0, 1, 0, 0, 0, 5);

function watchOf(...parts: Buffer[]): { watch: IdleWatch; activeAt: number } {
  let now = 0;
  const watch = new IdleWatch(() => now);
  for (const part of parts) {
    now++;
    watch.feed(part);
  }
  return { watch, activeAt: watch.lastActive };
}

describe('IdleWatch', () => {
  it('counts keys, pointers and QEMU messages as activity', () => {
    const pointer = Buffer.of(5, 0, 0, 1, 0, 1);
    const qemu = Buffer.alloc(12, 0).fill(255, 0, 1);
    for (const message of [key, pointer, qemu]) expect(watchOf(HELLO, message).activeAt).toBe(2);
  });

  it('trap 34: counts requests, encodings and cut text as nothing, so that who only watches is cut', () => {
    const { watch, activeAt } = watchOf(HELLO, request, encodings, cutText);
    expect(activeAt).toBe(0);
    expect(watch.hasGivenUp).toBe(false);
  });

  it('follows the messages byte by byte as well as whole', () => {
    const bytes = Buffer.concat([HELLO, encodings, cutText, request, key]);
    const { watch, activeAt } = watchOf(...Array.from(bytes, (byte) => Buffer.of(byte)));
    expect(watch.hasGivenUp).toBe(false);
    expect(activeAt).toBe(bytes.length - key.length + 1);
    expect(watchOf(bytes).activeAt).toBe(1);
  });

  it('gives up on other versions and on messages that it does not know', () => {
    expect(watchOf(Buffer.from('RFB 003.008\n\x01')).watch.hasGivenUp).toBe(true);
    expect(watchOf(HELLO, Buffer.of(248)).watch.hasGivenUp).toBe(true);
    expect(watchOf(Buffer.from('RFB 003.003\n\x02')).watch.hasGivenUp).toBe(true);
  });
});
