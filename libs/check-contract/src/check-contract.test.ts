import { describe, expect, it } from 'vitest';
import { CAUSES, remedyOf } from './causes.ts';
import { type CheckStep, readSteps, resultOf } from './check-step.ts';
import { MAX_DETAIL, maskText } from './mask-text.ts';

const REF = 'OpaqueRef:3f2c9f4e-7b1d-4c1a-9c58-0b9f5c1d2e3f';

describe('maskText', () => {
  it.each([
    [`GET /console?ref=${REF}&x=1`, 'GET /console?ref=OpaqueRef:[hidden]&x=1'],
    [`Cookie: session_id=${REF}`, 'Cookie: session_id=OpaqueRef:[hidden]'],
    ['session_id=abc123; other', 'session_id=[hidden]; other'],
    ['Authorization: Basic cm9vdDpzZWNyZXQ=', 'Authorization: [hidden]'],
    [`opaqueref:1234 and ${REF}.`, 'OpaqueRef:[hidden] and OpaqueRef:[hidden]'],
    ['one\r\ntwo\u0000\u202ethree', 'one two three'],
  ])('%j', (text, masked) => {
    expect(maskText(text)).toBe(masked);
  });

  it('hides known secrets wherever they stand, before it cuts', () => {
    const secret = 'p'.repeat(20);
    const masked = maskText(`${'x'.repeat(MAX_DETAIL - 5)}${secret}`, [secret, '']);
    expect(masked).not.toContain('pp');
    expect(masked.length).toBeLessThanOrEqual(MAX_DETAIL);
  });
});

describe('steps', () => {
  const step: CheckStep = {
    name: 'tcp',
    place: 'relay',
    family: 4,
    subject: 'host-1',
    state: 'bad',
    ms: 3,
    cause: 'tcp-refused',
    remedy: 'check-line',
    detail: null,
    trace: [],
  };

  it('are read as they were stored, and what cannot be read is left out', () => {
    expect(readSteps([step, { ...step, cause: 'of-a-later-version' }, 'x', null])).toEqual([step]);
    expect(readSteps('nothing')).toEqual([]);
  });

  it('come to the worst of them', () => {
    const of = (...states: CheckStep['state'][]) => resultOf(states.map((state) => ({ state })));
    expect([of(), of('good', 'none', 'untried'), of('good', 'warn'), of('warn', 'bad')]).toEqual([
      'good',
      'good',
      'warn',
      'bad',
    ]);
  });

  it('each cause has a remedy', () => {
    for (const cause of Object.keys(CAUSES)) expect(remedyOf(cause as keyof typeof CAUSES)).toBeTruthy();
  });
});
