import { AUDIT_ACTIONS } from '@porthole/audit';
import { describe, expect, it } from 'vitest';
import { serverWords } from '../../words/server-words.ts';
import { eventResult, eventSentence, KNOWN_ACTIONS } from './event-words.ts';

const target = { kind: 'vm', id: 'x', name: 'web-01' };

describe('the sentences of the log', () => {
  it('exist for every action of the catalogue', () => {
    expect([...KNOWN_ACTIONS].sort()).toEqual([...AUDIT_ACTIONS].sort());
    for (const action of AUDIT_ACTIONS)
      expect(eventSentence({ action, target, data: {} }, serverWords)).not.toMatch(/[{}]|^event\./);
  });

  it('name the kind of console and who only looked', () => {
    const data = { kind: 'text', mode: 'look' };
    expect(eventSentence({ action: 'console.open', target, data }, serverWords)).toBe(
      'opened the text of web-01, looking',
    );
  });

  it('name who was given what', () => {
    const data = { receiver: { name: 'Tom Otto' }, over: { name: 'web-02' }, role: 'viewer' };
    expect(eventSentence({ action: 'grant.given', target: null, data }, serverWords)).toBe(
      'shared web-02 with Tom Otto',
    );
  });

  it('say how long a console lasted', () => {
    const event = { action: 'console.close', outcome: 'ok', data: { durationMs: 787_000 } };
    expect(eventResult(event, serverWords)).toBe('13 min 7 s');
  });

  it('don’t hide an action they don’t know', () => {
    expect(eventSentence({ action: 'new.thing', target: null, data: {} }, serverWords)).toContain(
      'new.thing',
    );
  });
});
