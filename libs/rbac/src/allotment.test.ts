import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ALLOTMENT_KINDS, type AllotmentRule, type AllottedVm, compileAllotment } from './allotment.ts';

const OWNER = 'owner';
const vm: AllottedVm = {
  name: 'web-01',
  tags: ['prod', 'acme'],
  folder: '/customers/acme/shop',
  isControlDomain: false,
  handTenantId: null,
};
const rule = (kind: AllotmentRule['kind'], pattern: string, holderTenantId = 'acme'): AllotmentRule => ({
  kind,
  pattern,
  holderTenantId,
});
const holderOf = (machine: AllottedVm, ...rules: AllotmentRule[]) => compileAllotment(rules, OWNER)(machine);

describe('who holds a machine', () => {
  it('is told by the first rule that fits', () => {
    expect(
      holderOf(vm, rule('tag', 'shop'), rule('tag', 'acme', 'first'), rule('name', '*', 'rest')),
    ).toEqual({
      holderTenantId: 'first',
      because: 1,
    });
  });

  it('is the owner where no rule fits', () => {
    expect(holderOf(vm, rule('tag', 'Acme'))).toEqual({ holderTenantId: OWNER, because: 'no-rule' });
  });

  it.each([
    ['/customers/acme', true],
    ['/customers/acme/', true],
    ['/customers/acme/shop', true],
    ['/customers/acme/shop/one', false],
    ['/customers/ac', false],
    ['/Customers/acme', false],
    ['/', true],
  ])('by the folder %s and what is below it: %s', (folder, fits) => {
    expect(holderOf(vm, rule('folder', folder)).because).toBe(fits ? 0 : 'no-rule');
  });

  it('is nobody by a folder for what lies in none', () => {
    expect(holderOf({ ...vm, folder: '' }, rule('folder', '/')).because).toBe('no-rule');
  });
});

describe('the laws of allotment', () => {
  const word = fc.constantFrom('a', 'b', 'c', 'a/b', '/a', '/a/b', '*', 'a*', '?');
  const holder = fc.constantFrom('t-1', 't-2', 't-3');
  const rules = fc.array(
    fc.record({ kind: fc.constantFrom(...ALLOTMENT_KINDS), pattern: word, holderTenantId: holder }),
    { maxLength: 8 },
  );
  const machine = fc.record({
    name: word,
    tags: fc.array(word, { maxLength: 3 }),
    folder: fc.oneof(fc.constant(''), word),
    isControlDomain: fc.boolean(),
    handTenantId: fc.option(holder, { nil: null }),
  });
  const law = (check: (list: AllotmentRule[], one: AllottedVm) => void) =>
    fc.assert(fc.property(rules, machine, check), { numRuns: 1_000 });

  it('exactly one organisation holds it: the owner, its hand, or one that a rule names', () => {
    law((list, one) => {
      const { holderTenantId } = holderOf(one, ...list);
      expect([OWNER, one.handTenantId, ...list.map((each) => each.holderTenantId)]).toContain(holderTenantId);
    });
  });

  it('a rule after the one that fits changes nothing, one before it that does not fit neither', () => {
    law((list, one) => {
      const { holderTenantId, because } = holderOf(one, ...list);
      if (typeof because !== 'number') return;
      expect(holderOf(one, ...list.slice(0, because + 1)).holderTenantId).toBe(holderTenantId);
      expect(holderOf(one, ...list.slice(because)).holderTenantId).toBe(holderTenantId);
    });
  });

  it('a rule for it in front of all others wins', () => {
    law((list, one) => {
      if (one.isControlDomain || one.handTenantId !== null) return;
      expect(holderOf(one, rule('name', '*', 'first'), ...list)).toEqual({
        holderTenantId: 'first',
        because: 0,
      });
    });
  });

  it('a hand wins over every rule, and a control domain stays whatever hand or rules say', () => {
    law((list, one) => {
      const { holderTenantId } = holderOf(one, ...list);
      if (one.isControlDomain) expect(holderTenantId).toBe(OWNER);
      else if (one.handTenantId !== null) expect(holderTenantId).toBe(one.handTenantId);
    });
  });
});
