import { AUDIT_ACTIONS } from '@porthole/audit';
import { describe, expect, it } from 'vitest';
import { serverWords } from '../../words/server-words.ts';
import { actorMark, eventResult, eventSentence, KNOWN_ACTIONS } from './event-words.ts';

const target = { kind: 'vm', id: 'x', name: 'web-01' };
const mira = { personId: 'mira', name: 'Mira', kind: 'person' };

/** What the log says that somebody did. */
const say = (action: string, data: Record<string, unknown>, over: { target?: typeof target | null } = {}) =>
  eventSentence({ action, actor: mira, target, data, ...over }, serverWords);

describe('the sentences of the log', () => {
  it('exist for every action of the catalogue', () => {
    expect([...KNOWN_ACTIONS].sort()).toEqual([...AUDIT_ACTIONS].sort());
    for (const action of AUDIT_ACTIONS) expect(say(action, {})).not.toMatch(/[{}]|^event\./);
  });

  it('name the kind of console and who only looked', () => {
    const data = { kind: 'text', mode: 'look' };
    expect(say('console.open', data)).toBe('opened the text of web-01, looking');
  });

  it('name who was given what', () => {
    const data = { receiver: { name: 'Tom Otto' }, over: { name: 'web-02' }, role: 'viewer' };
    expect(say('grant.given', data, { target: null })).toBe('shared web-02 with Tom Otto');
    const over = { kind: 'tag', id: 'prod', name: 'prod' };
    const wide = { kind: 'grant', id: 'g', name: 'On-call' };
    expect(say('grant.ended', { receiver: { name: 'On-call' }, over }, { target: wide })).toBe(
      'removed On-call’s access to tag prod',
    );
  });

  it.each([
    ['grant.ended', { receiver: { name: 'Tom Otto' } }, 'ended Tom Otto’s access to web-01 as planned'],
    ['guest.ended', { guest: 'Nina' }, 'ended the link of Nina to web-01 as planned'],
    ['token.ended', { name: 'web-01' }, 'ended the API token web-01 as planned'],
    ['support.ended', { receiver: { name: 'Olga' } }, 'ended the support of Olga in web-01 as planned'],
  ])('tell an end by date from one that somebody made: %s', (action, data, sentence) => {
    const told = (why: string) => say(action, { ...data, why });
    expect(told('ran-out')).toBe(sentence);
    expect(told('by-hand')).not.toContain('planned');
  });

  it.each([
    ['team.left', 'member', 'left the team web-01', 'took Mira out of the team web-01'],
    ['team.joined', 'member', 'joined the team web-01', 'added Mira to the team web-01'],
    ['grant.ended', 'receiver', 'gave up their access to web-01', 'removed Mira’s access to web-01'],
    [
      'request.withdrawn',
      'receiver',
      'withdrew their request for web-01',
      'withdrew the request of Mira for web-01',
    ],
  ])('name nobody twice who did it to themself: %s', (action, field, self, another) => {
    const to = (id: string) => say(action, { [field]: { kind: 'person', id, name: 'Mira' } });
    expect([to(mira.personId), to('another of that name')]).toEqual([self, another]);
  });

  it('tell a request that nobody answered from an emergency that too few confirmed', () => {
    const lapsed = (emergency: boolean) =>
      say('request.lapsed', { receiver: { name: 'Mira' }, emergency, why: 'ran-out' });
    expect(lapsed(false)).toBe('ended the request of Mira for web-01, as nobody answered in time');
    expect(lapsed(true)).toBe('ended the emergency of Mira on web-01, as it wasn’t confirmed in time');
  });

  it('say that a token went with the password', () => {
    expect(say('token.ended', { name: 'web-01', why: 'password-changed' })).toBe(
      'ended the API token web-01 by choosing a new password',
    );
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
    expect(say(`keyboard.${what}`, data)).toBe(sentence);
  });

  it('name the settings that a change of the policy changed', () => {
    const changes = [
      { setting: 'clipboard', from: 'both', to: 'none' },
      { setting: 'idleTimeoutMs', from: 1_800_000, to: 600_000 },
      { setting: 'new-one', from: 'a', to: 'b' },
      'odd',
    ];
    expect(say('policy.changed', { changes }, { target: null })).toBe(
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
    expect(say('new.thing', {}, { target: null })).toContain('new.thing');
  });
});
