import { CLOSE, type CloseKind, TICKET_OUTCOMES } from '@porthole/relay-contract';
import { describe, expect, it } from 'vitest';
import { serverWords } from '../../words/server-words.ts';
import type { ConsoleEnd } from './console-end.ts';
import { CLOSE_WORDS, type EndContext, endWords, OUTCOME_WORDS } from './end-words.ts';

const context: EndContext = {
  t: serverWords,
  machine: 'web-01',
  org: 'Acme',
  kind: 'screen',
  viewer: 'customer',
  time: '14:02',
  state: 'Off',
  idleMinutes: 30,
  maximumTimeMs: 5_400_000,
  seatsOfPerson: 32,
  lock: null,
  by: null,
  reason: '',
};
const kinds = Object.keys(CLOSE).filter((kind): kind is CloseKind => kind in CLOSE_WORDS);

function isWhole(end: ConsoleEnd, viewer: EndContext['viewer']): void {
  const words = endWords(end, { ...context, viewer });
  for (const text of [words.title, words.sentence, words.button]) {
    expect(text).not.toBe('');
    expect(text).not.toMatch(/[{}]|\b[a-z]+\.[a-z-]+\.(title|sentence|button)\b/);
  }
}

describe('the words at the end of a console', () => {
  it('exist for every close of the contract', () => {
    expect(kinds).toHaveLength(Object.keys(CLOSE).length);
    for (const kind of kinds) {
      isWhole({ cause: 'closed', kind }, 'customer');
      isWhole({ cause: 'closed', kind }, 'provider');
    }
  });

  it('exist for every outcome of a pass', () => {
    expect(Object.keys(OUTCOME_WORDS).sort()).toEqual([...TICKET_OUTCOMES].sort());
    for (const outcome of TICKET_OUTCOMES) isWhole({ cause: 'pass', outcome }, 'customer');
  });

  it('tell a customer nothing of a host but that it can’t be reached', () => {
    const hostKinds = kinds.filter(
      (kind) => kind.startsWith('host') || kind === 'certificate' || kind === 'notAConsole',
    );
    const titles = new Set(
      hostKinds
        .filter((kind) => kind !== 'hostBusy')
        .map((kind) => endWords({ cause: 'closed', kind }, context).title),
    );
    expect([...titles]).toEqual(['Can’t reach web-01 right now']);
    expect(endWords({ cause: 'closed', kind: 'hostBusy' }, context).title).toBe(
      'Another program is on this console',
    );
  });

  it('say who took the access, when, and what they wrote', () => {
    const by = { ...context, by: 'Jon Weber', reason: 'patching tonight' };
    const words = (kind: CloseKind, known: EndContext = by) => endWords({ cause: 'closed', kind }, known);
    expect(words('withdrawn').sentence).toBe('Jon Weber withdrew it at 14:02. web-01 keeps running.');
    expect(words('withdrawn', { ...by, by: null }).sentence).toBe(
      'It was withdrawn at 14:02. web-01 keeps running.',
    );
    expect(words('accessEnded')).toMatchObject({
      title: 'Your access ended as planned',
      sentence: 'It was shared until 14:02. web-01 keeps running.',
    });
    expect(words('closedByHand')).toMatchObject({
      title: 'Jon Weber closed this console',
      sentence: 'They wrote: “patching tonight”. web-01 keeps running.',
    });
    expect(words('closedByHand', { ...by, reason: '' }).sentence).toBe('web-01 keeps running.');
    expect(words('suspended').title).toBe('Acme is suspended');
    expect(words('machineGone').title).toBe('web-01 is no longer here');
    expect(words('signedOut')).toMatchObject({ title: 'You signed out elsewhere', act: 'sign-in' });
  });

  it('tell the provider each of them apart', () => {
    const provider = { ...context, viewer: 'provider' } as const;
    const title = (kind: CloseKind) => endWords({ cause: 'closed', kind }, provider).title;
    expect(title('certificate')).toBe('Its host shows another certificate');
    expect(title('hostRefusedSession')).toBe('The pool didn’t take our sign-in');
    expect(title('notAConsole')).toBe('That isn’t a console');
  });

  it('say what the portal said where it gave no pass', () => {
    const refused = { cause: 'no-pass', message: 'words', reference: null, retryAfterS: null } as const;
    expect(endWords({ ...refused, code: 'vm/not-found' }, context).title).toBe('Nothing here');
    expect(endWords({ ...refused, code: 'rbac/forbidden' }, context).title).toBe(
      'The console isn’t shared with you',
    );
    expect(endWords({ ...refused, code: 'rate/limited', retryAfterS: 12 }, context).title).toBe(
      'Next console in 12 seconds',
    );
    expect(endWords({ ...refused, code: 'db/away' }, context).title).toBe('Consoles can’t open right now');
  });

  it('say how long consoles last here, in hours or in minutes', () => {
    const over = (maximumTimeMs: number | null) =>
      endWords({ cause: 'closed', kind: 'maximumTime' }, { ...context, maximumTimeMs });
    expect(over(5_400_000)).toMatchObject({
      title: 'The 90 minutes are over',
      sentence: 'Consoles in Acme last 90 minutes at most. You can open a new one right away.',
    });
    expect(over(null).title).toBe('The 8 hours are over');
    expect(over(3_600_000).title).toBe('The hour is over');
  });
});
