import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ChainLink, FIRST_PREV_HASH, linkHash, payloadHash, verifyChain } from './verify-chain.ts';

const tenant = '6f1a0a52-5a0c-4b8e-9a77-0d7e7a0d3f11';

function chainOf(payloads: readonly string[]): ChainLink[] {
  let prevHash: Uint8Array = FIRST_PREV_HASH;
  return payloads.map((payload, index) => {
    const link = { seq: BigInt(index + 1), payload, payloadHash: payloadHash(payload), prevHash };
    const hash = linkHash(tenant, link);
    prevHash = hash;
    return { ...link, hash };
  });
}

const chain = chainOf(['{"a":1}', '{"a":2}', '{"a":3}', '{"a":4}', '{"a":5}']);
const head = { seq: 5n, hash: chain[4]?.hash ?? FIRST_PREV_HASH };
const edited = (index: number, over: Partial<ChainLink>) =>
  chain.map((link, at) => (at === index ? { ...link, ...over } : link));

describe('the bytes of a link', () => {
  it('are those that sha256sum gives for the documented text', () => {
    const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
    const text = `porthole1|${tenant}|1|${'00'.repeat(32)}|${createHash('sha256').update('{"a":1}').digest('hex')}`;
    expect(hex(chain[0]?.hash ?? FIRST_PREV_HASH)).toBe(createHash('sha256').update(text).digest('hex'));
  });
});

describe('verifyChain', () => {
  it('finds a whole chain intact', async () => {
    expect(await verifyChain(tenant, chain, head)).toEqual({ intact: true, events: 5 });
    expect(await verifyChain(tenant, [], null)).toEqual({ intact: true, events: 0 });
  });

  it.each([
    ['an edited text', edited(2, { payload: '{"a":30}' }), 3, 'payload', 3],
    [
      'an edited text with its hash',
      edited(2, { payload: 'x', payloadHash: payloadHash('x') }),
      3,
      'hash',
      3,
    ],
    ['a deleted event', chain.filter((_, at) => at !== 2), 3, 'order', 4],
    [
      'a deleted event, renumbered',
      chain.filter((_, at) => at !== 2).map((link, at) => ({ ...link, seq: BigInt(at + 1) })),
      3,
      'link',
      3,
    ],
    ['an inserted event', [...chain.slice(0, 2), ...chain.slice(1)], 3, 'order', 2],
    [
      'two events that changed places',
      [chain[0], chain[2], chain[1], chain[3], chain[4]].flatMap((one) => one ?? []),
      2,
      'order',
      3,
    ],
    ['a cut end', chain.slice(0, 3), 4, 'end', null],
    ['a cut beginning', chain.slice(1), 1, 'order', 2],
    ['nothing left', [], 1, 'end', null],
  ] as const)('notices %s', async (_, links, brokenAt, why, found) => {
    expect(await verifyChain(tenant, links, head)).toMatchObject({ intact: false, brokenAt, why, found });
  });

  it('notices a chain rewritten from somewhere on, by its head', async () => {
    expect(
      await verifyChain(tenant, chainOf(['{"a":1}', '{"a":2}', '{}', '{"a":4}', '{"a":5}']), head),
    ).toMatchObject({
      intact: false,
      why: 'end',
    });
  });

  it('takes no chain for that of another organisation', async () => {
    expect(await verifyChain(tenant.replace('6', '7'), chain, head)).toMatchObject({
      intact: false,
      brokenAt: 1,
    });
  });

  it('notices any single changed bit', async () => {
    const field = fc.constantFrom('payloadHash', 'prevHash', 'hash' as const);
    await fc.assert(
      fc.asyncProperty(fc.nat(4), field, fc.nat(255), async (index, name, bit) => {
        const link = chain[index];
        if (link === undefined) return false;
        const bytes = Uint8Array.from(Object(link)[name]);
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        return !(await verifyChain(tenant, edited(index, { [name]: bytes }), head)).intact;
      }),
    );
  });
});
