import { describe, expect, it } from 'vitest';
import { holderFor } from './allot.ts';

const rules = [
  { position: 2, tag: null, holderTenantId: 'rest' },
  { position: 1, tag: 'acme', holderTenantId: 'acme' },
];
const vm = { tags: ['prod', 'acme'], isControlDomain: false };

describe('the holder of a new machine', () => {
  it('is told by the first rule that fits, by position', () => {
    expect(holderFor(vm, rules, 'owner')).toBe('acme');
    expect(holderFor({ ...vm, tags: [] }, rules, 'owner')).toBe('rest');
  });

  it('is the pool’s owner where no rule fits', () => {
    expect(holderFor({ ...vm, tags: ['Acme'] }, rules.slice(1), 'owner')).toBe('owner');
    expect(holderFor(vm, [], 'owner')).toBe('owner');
  });

  it('is the pool’s owner for a control domain, whatever the rules say', () => {
    expect(holderFor({ ...vm, isControlDomain: true }, rules, 'owner')).toBe('owner');
  });
});
