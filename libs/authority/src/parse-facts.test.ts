import { describe, expect, it } from 'vitest';
import { parseFacts } from './parse-facts.ts';

const answer = {
  now: '2026-11-20T20:00:00.123456+00:00',
  tenant: { id: 't', kind: 'customer', suspended: false, epoch: '7' },
  person: { id: 'p', name: 'Mira', disabled: false, epoch: '9007199254740993' },
  sessionAlive: true,
  factorAt: '2026-11-20T19:00:00+00:00',
  role: 'member',
  grants: [
    {
      id: 'g',
      role: 'viewer',
      rights: [],
      team: null,
      endsAt: '2026-11-20T21:00:00+00:00',
      target: { kind: 'vm', vmId: 'v' },
    },
  ],
  locks: [{ id: 'l', target: { kind: 'tenant' } }],
  policy: {
    idleTimeoutMs: null,
    maximumTimeMs: 60_000,
    clipboardToGuest: true,
    clipboardFromGuest: false,
    keyboard: 'ask-only',
    secondFactor: 'members',
    consoleFactorMaxAgeMs: 300_000,
  },
};

describe('parseFacts', () => {
  it('reads the database’s answer into what can() judges', () => {
    expect(parseFacts(answer)).toMatchObject({
      now: new Date('2026-11-20T20:00:00.123Z'),
      tenantId: 't',
      tenantSuspended: false,
      personId: 'p',
      personName: 'Mira',
      personDisabled: false,
      factorAt: new Date('2026-11-20T19:00:00Z'),
      factorPolicy: { required: true, consoleMaxAgeMs: 300_000 },
      role: 'member',
      grants: [{ rights: ['look'], endsAt: new Date('2026-11-20T21:00:00Z') }],
      policy: {
        idleTimeoutMs: null,
        maximumTimeMs: 60_000,
        clipboardToGuest: true,
        clipboardFromGuest: false,
        keyboard: 'ask-only',
      },
    });
  });

  it('takes single rights as they are, and none of them beside a role', () => {
    const [grant] = answer.grants;
    const rightsOf = (over: object) =>
      parseFacts({ ...answer, grants: [{ ...grant, ...over }] }).grants.map(({ rights }) => rights);
    expect(rightsOf({ role: null, rights: ['look', 'power'] })).toEqual([['look', 'power']]);
    expect(rightsOf({ rights: ['share'] })).toEqual([['look']]);
  });

  it('keeps epochs as text, since they may outgrow a number', () => {
    expect(parseFacts(answer).epochs).toEqual({ tenant: '7', person: '9007199254740993' });
  });

  it.each([
    [null],
    [{}],
    [{ ...answer, role: 'king' }],
    [{ ...answer, sessionAlive: undefined }],
    [{ ...answer, grants: [{ ...answer.grants[0], target: { kind: 'everything' } }] }],
    [{ ...answer, now: 'soon' }],
  ])('refuses another shape: %j', (wrong) => {
    expect(() => parseFacts(wrong)).toThrow();
  });
});
