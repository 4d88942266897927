import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isNullRef, isOpaqueRef } from './opaque-ref.ts';
import { classOfEvent, recordSchemas, vmRecord } from './records.ts';
import { parseXenDate } from './values.ts';

const UUID = '3f1b2c4d-1111-2222-3333-444455556666';
const REF = `OpaqueRef:${UUID}`;

describe('references', () => {
  it.each([REF, 'OpaqueRef:abcdefgh', `OpaqueRef:${'a'.repeat(64)}`])('knows %s', (ref) => {
    expect(isOpaqueRef(ref)).toBe(true);
  });

  it.each([
    '',
    'OpaqueRef:NULL',
    'Ref:123',
    `${REF} `,
    `${REF}\r\n`,
    'OpaqueRef:a/b/c/d/e',
    `OpaqueRef:${'a'.repeat(65)}`,
  ])('refuses %j', (ref) => expect(isOpaqueRef(ref)).toBe(false));

  it('knows every way to say nothing', () => {
    expect(['', 'OpaqueRef:NULL', 'Ref:old', REF].map(isNullRef)).toEqual([true, true, true, false]);
  });
});

describe('records', () => {
  it('takes unknown fields, unknown states, strings for numbers, and fields that are missing', () => {
    const vm = vmRecord.parse({
      uuid: UUID,
      power_state: 'Dreaming',
      memory_static_max: '4294967296',
      consoles: [REF, 'OpaqueRef:NULL', 7],
      resident_on: 'OpaqueRef:NULL',
      other_config: { HideFromXenCenter: 'true', odd: 5 },
      invented_in_2030: { a: [1] },
    });
    expect(vm).toMatchObject({
      power_state: 'Dreaming',
      memory_static_max: 4_294_967_296,
      consoles: [REF],
      resident_on: null,
      is_a_template: false,
      tags: [],
      guest_metrics: null,
    });
    expect(Object.entries(vm.other_config)).toEqual([['HideFromXenCenter', 'true']]);
    expect('invented_in_2030' in vm).toBe(false);
  });

  it('refuses what cannot be named', () => {
    expect(vmRecord.safeParse({ power_state: 'Running' }).success).toBe(false);
    expect(vmRecord.safeParse({ uuid: '../../etc', power_state: 'Running' }).success).toBe(false);
    expect(vmRecord.safeParse({ uuid: UUID }).success).toBe(false);
  });

  it('takes any rubbish without throwing', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(recordSchemas)), fc.object(), (schema, value) => {
        schema.safeParse({ uuid: UUID, power_state: 'Running', ...value });
      }),
    );
  });

  it('reads dates as the pool writes them', () => {
    const noon = '2024-04-20T12:00:00.000Z';
    for (const text of [
      '20240420T12:00:00Z',
      '2024-04-20T12:00:00Z',
      '20240420T12:00:00',
      '20240420T14:00:00+0200',
    ]) {
      expect(parseXenDate(text)?.toISOString()).toBe(noon);
    }
    for (const text of ['', 'soon', '20241345T12:00:00Z']) expect(parseXenDate(text)).toBeNull();
  });

  it('finds the class of an event', () => {
    expect(
      ['vm', 'VM_guest_metrics', 'vm_guest_metrics', 'certificate', 'network'].map(classOfEvent),
    ).toEqual(['VM', 'VM_guest_metrics', 'VM_guest_metrics', 'Certificate', null]);
  });
});
