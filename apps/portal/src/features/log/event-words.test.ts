import { AUDIT_ACTIONS } from '@porthole/audit';
import { describe, expect, it } from 'vitest';
import { serverWords } from '../../words/server-words.ts';
import { actorMark, eventResult, eventSentence, KNOWN_ACTIONS } from './event-words.ts';

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
    const over = { kind: 'tag', id: 'prod', name: 'prod' };
    const wide = { kind: 'grant', id: 'g', name: 'On-call' } as const;
    expect(
      eventSentence(
        { action: 'grant.ended', target: wide, data: { receiver: { name: 'On-call' }, over } },
        serverWords,
      ),
    ).toBe('removed On-call’s access to tag prod');
  });

  it.each([
    ['grant.ended', { receiver: { name: 'Tom Otto' } }, 'ended Tom Otto’s access to web-01 as planned'],
    ['guest.ended', { guest: 'Nina' }, 'ended the link of Nina to web-01 as planned'],
    ['token.ended', { name: 'web-01' }, 'ended the API token web-01 as planned'],
    ['support.ended', { receiver: { name: 'Olga' } }, 'ended the support of Olga in web-01 as planned'],
  ])('tell an end by date from one that somebody made: %s', (action, data, sentence) => {
    const told = (why: string) => eventSentence({ action, target, data: { ...data, why } }, serverWords);
    expect(told('ran-out')).toBe(sentence);
    expect(told('by-hand')).not.toContain('planned');
  });

  it.each([
    [
      'taken',
      { why: 'manager', from: { name: 'Ben' }, to: { name: 'Max' } },
      'took the keyboard of web-01 from Ben',
    ],
    ['taken', { why: 'free', from: null, to: { name: 'Max' } }, 'took the keyboard of web-01'],
    ['handed-over', { from: { name: 'Ben' }, to: { name: 'Ann' } }, 'handed the keyboard of web-01 to Ann'],
    ['released', { why: 'released', from: { name: 'Ben' }, to: null }, 'let go of the keyboard of web-01'],
    [
      'released',
      { why: 'released', from: { name: 'Ben' }, to: { name: 'Ann' } },
      'let go of the keyboard of web-01, and Ann has it',
    ],
    [
      'released',
      { why: 'left', from: { name: 'Ben' }, to: { name: 'Ann' } },
      'left the keyboard of web-01 to Ann',
    ],
    [
      'released',
      { why: 'right-gone', from: { name: 'Ben' }, to: { name: 'Ann' } },
      'can no longer type at web-01, and Ann has the keyboard',
    ],
    ['moved', { times: 40 }, 'saw the keyboard of web-01 change hands 40 more times within a minute'],
  ])('tell who gave the keyboard to whom: %s', (what, data, sentence) => {
    expect(eventSentence({ action: `keyboard.${what}`, target, data }, serverWords)).toBe(sentence);
  });

  it('name the settings that a change of the policy changed', () => {
    const changes = [
      { setting: 'clipboard', from: 'both', to: 'none' },
      { setting: 'idleTimeoutMs', from: 1_800_000, to: 600_000 },
      { setting: 'new-one', from: 'a', to: 'b' },
      'odd',
    ];
    expect(eventSentence({ action: 'policy.changed', target: null, data: { changes } }, serverWords)).toBe(
      'changed the policy: Copy and paste, Idle time and new-one',
    );
  });

  it('mark who is no member', () => {
    const by = (kind: string, data = {}) => actorMark({ actor: { personId: null, name: 'N', kind }, data });
    expect([by('guest'), by('person', { supportGrantId: 'g' }), by('person'), by('system')]).toEqual([
      'guest',
      'support',
      null,
      null,
    ]);
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
