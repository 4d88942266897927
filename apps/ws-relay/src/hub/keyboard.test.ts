import { type KeyboardRule, LIMITS, type ServerMessage } from '@porthole/relay-contract';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../manual-clock.ts';
import { Keyboard, type KeyboardMessage } from './keyboard.ts';

type Who = 'ann' | 'ben' | 'cleo' | 'max' | 'vera';

/** What happens, in words of a table: a seat comes, goes, says something, types, or time passes. */
type Step =
  | readonly [Who, 'comes' | 'goes' | 'types' | 'may-look' | 'may-type']
  | readonly [Who, KeyboardMessage]
  | readonly ['wait', number]
  | readonly ['rule', KeyboardRule];

const ask: KeyboardMessage = { type: 'keyboard-ask', reason: 'disk is full' };
const take: KeyboardMessage = { type: 'keyboard-take', reason: '' };
const takeWhy: KeyboardMessage = { type: 'keyboard-take', reason: 'outage' };
const release: KeyboardMessage = { type: 'keyboard-release' };
const notNow: KeyboardMessage = { type: 'keyboard-not-now' };
const handOver = (seatId: Who): KeyboardMessage => ({ type: 'keyboard-hand-over', seatId });

/** Ann, Ben and Cleo may type, Max is a Manager, Vera may look. Cleo is Ann in another window. */
function typist(id: Who, mayType = id !== 'vera') {
  return { id, personId: id === 'cleo' ? 'ann' : id, name: id, mayType, mayShare: id === 'max' };
}

function play(steps: readonly Step[]) {
  const clock = new ManualClock();
  const moves: string[] = [];
  const causes: string[] = [];
  const said: [string, ServerMessage][] = [];
  let changes = 0;
  const keyboard = new Keyboard(clock, {
    changed: () => {
      changes += 1;
    },
    moved: ({ from, to, cause, reason }) => {
      moves.push(`${from ?? '-'}>${to ?? '-'}`);
      causes.push(reason === '' ? cause : `${cause}: ${reason}`);
    },
    say: (seatId, message) => said.push([seatId, message]),
  });
  for (const [who, what] of steps) {
    if (who === 'wait') clock.advance(Number(what));
    else if (who === 'rule') keyboard.setRule(what);
    else if (what === 'comes') keyboard.join(typist(who));
    else if (what === 'goes') keyboard.leave(who);
    else if (what === 'types') keyboard.input();
    else if (what === 'may-look' || what === 'may-type') keyboard.change(typist(who, what === 'may-type'));
    else if (typeof what === 'object') keyboard.obey(who, what);
  }
  return { keyboard, moves, causes, said, clock, changes };
}

const { keyboardAnswerMs: ANSWER, keyboardNoticeMs: NOTICE, keyboardIdleMs: IDLE } = LIMITS;
const two: readonly Step[] = [
  ['ann', 'comes'],
  ['ben', 'comes'],
];

describe('the keyboard', () => {
  it.each<[string, readonly Step[], Who | null]>([
    ['is nobody’s before anybody comes', [], null],
    ['is the first’s who may type', two, 'ann'],
    ['is not for who may only look', [['vera', 'comes']], null],
    ['waits for who may type', [['vera', 'comes'], ...two], 'ann'],
    ['is free when its holder leaves', [...two, ['ann', 'goes']], null],
    ['is free when its holder may no longer type', [...two, ['ann', 'may-look']], null],
    ['is free when its holder releases it', [...two, ['ann', release]], null],
    ['cannot be released by another', [...two, ['ben', release]], 'ann'],
    ['is taken at once where it is free', [...two, ['ann', release], ['ben', take]], 'ben'],
    ['is given at once to who asks where it is free', [...two, ['ann', 'goes'], ['ben', ask]], 'ben'],
    ['is not taken from its holder without more', [...two, ['ben', take], ['wait', IDLE / 2]], 'ann'],
    [
      'is not taken by who may only look',
      [
        ['vera', 'comes'],
        ['vera', take],
        ['vera', ask],
      ],
      null,
    ],
    ['is handed over by its holder', [...two, ['ann', handOver('ben')]], 'ben'],
    ['is not handed over by another', [...two, ['ben', handOver('ben')]], 'ann'],
    ['is not handed to who may only look', [...two, ['vera', 'comes'], ['ann', handOver('vera')]], 'ann'],
    ['is not handed to nobody', [...two, ['ann', handOver('cleo')]], 'ann'],
    [
      'goes to who has asked longest when it falls free',
      [...two, ['cleo', 'comes'], ['cleo', ask], ['ben', ask], ['ann', 'goes']],
      'cleo',
    ],
    [
      'is not taken before the holder had time to answer',
      [...two, ['ben', ask], ['wait', ANSWER - 1], ['ben', take], ['wait', NOTICE]],
      'ann',
    ],
    [
      'is taken with notice when there was no answer',
      [...two, ['ben', ask], ['wait', ANSWER], ['ben', take], ['wait', NOTICE]],
      'ben',
    ],
    [
      'stays until the notice is over',
      [...two, ['ben', ask], ['wait', ANSWER], ['ben', take], ['wait', NOTICE - 1]],
      'ann',
    ],
    [
      'stays when the holder said not now',
      [...two, ['ben', ask], ['ann', notNow], ['wait', ANSWER], ['ben', take], ['wait', NOTICE]],
      'ann',
    ],
    [
      'stays when the taker leaves during the notice',
      [...two, ['ben', ask], ['wait', ANSWER], ['ben', take], ['ben', 'goes'], ['wait', NOTICE]],
      'ann',
    ],
    [
      'stays when the taker may no longer type',
      [...two, ['ben', ask], ['wait', ANSWER], ['ben', take], ['ben', 'may-look'], ['wait', NOTICE]],
      'ann',
    ],
    [
      'goes to the taker at once when the holder leaves',
      [...two, ['ben', ask], ['wait', ANSWER], ['ben', take], ['ann', 'goes']],
      'ben',
    ],
    [
      'is taken by a Manager with a reason',
      [...two, ['max', 'comes'], ['max', takeWhy], ['wait', NOTICE]],
      'max',
    ],
    [
      'is not taken by a Manager without one',
      [...two, ['max', 'comes'], ['max', take], ['wait', NOTICE]],
      'ann',
    ],
    ['is not taken for a reason by anybody else', [...two, ['ben', takeWhy], ['wait', NOTICE]], 'ann'],
    [
      'is taken with notice from an idle holder',
      [...two, ['wait', IDLE], ['ben', take], ['wait', NOTICE]],
      'ben',
    ],
    [
      'is not taken from an idle holder who comes back',
      [...two, ['wait', IDLE], ['ben', take], ['ann', 'types'], ['wait', NOTICE]],
      'ann',
    ],
    [
      'is not taken from who typed a moment ago',
      [...two, ['wait', IDLE - 1], ['ann', 'types'], ['wait', IDLE - 1], ['ben', take], ['wait', NOTICE]],
      'ann',
    ],
    [
      'is one taker’s at a time',
      [...two, ['max', 'comes'], ['wait', IDLE], ['ben', take], ['max', takeWhy], ['wait', NOTICE]],
      'ben',
    ],
  ])('%s', (_claim, steps, holder) => {
    expect(play(steps).keyboard.holder).toBe(holder);
  });

  const asking: Step = ['rule', 'ask-only'];
  const onePerson: Step = ['rule', 'one-person'];
  const unanswered: readonly Step[] = [
    ['ben', ask],
    ['wait', ANSWER],
    ['ben', take],
    ['wait', NOTICE],
  ];
  const managed: readonly Step[] = [
    ['max', 'comes'],
    ['max', takeWhy],
    ['wait', NOTICE],
  ];
  it.each<[string, readonly Step[], Who | null]>([
    ['by asking alone: is not taken for want of an answer', [asking, ...two, ...unanswered], 'ann'],
    ['by asking alone: is not taken by a Manager', [asking, ...two, ...managed], 'ann'],
    ['by asking alone: is handed over', [asking, ...two, ['ben', ask], ['ann', handOver('ben')]], 'ben'],
    [
      'by asking alone: goes to who asked when it falls free',
      [asking, ...two, ['ben', ask], ['ann', 'goes']],
      'ben',
    ],
    [
      'by asking alone: is taken where nobody has it',
      [asking, ...two, ['ann', release], ['ben', take]],
      'ben',
    ],
    [
      'by asking alone: is taken from who is away',
      [asking, ...two, ['wait', IDLE], ['ben', take], ['wait', NOTICE]],
      'ben',
    ],
    [
      'by asking alone: is not taken from who comes back meanwhile',
      [asking, ...two, ['wait', IDLE], ['ben', take], ['ann', 'types'], ['wait', NOTICE]],
      'ann',
    ],
    ['one person’s: is not taken for want of an answer', [onePerson, ...two, ...unanswered], 'ann'],
    ['one person’s: is not taken by a Manager', [onePerson, ...two, ...managed], 'ann'],
    ['one person’s: is not handed to another', [onePerson, ...two, ['ann', handOver('ben')]], 'ann'],
    [
      'one person’s: is handed to another window of theirs',
      [onePerson, ...two, ['cleo', 'comes'], ['ann', handOver('cleo')]],
      'cleo',
    ],
    ['one person’s: is nobody’s when they leave', [onePerson, ...two, ['ben', ask], ['ann', 'goes']], null],
    ['one person’s: is the next one’s then', [onePerson, ...two, ['ann', release], ['ben', take]], 'ben'],
    [
      'one person’s: is taken from who is away',
      [onePerson, ...two, ['wait', IDLE], ['ben', take], ['wait', NOTICE]],
      'ben',
    ],
    [
      'once the rule is free again: is taken as ever',
      [onePerson, ...two, ['rule', 'free'], ...unanswered],
      'ben',
    ],
    [
      'under a rule that comes: is not taken by a notice that it forbids',
      [...two, ['max', 'comes'], ['max', takeWhy], asking, ['wait', NOTICE]],
      'ann',
    ],
    [
      'under a rule that comes: is taken from who is away all the same',
      [...two, ['wait', IDLE], ['ben', take], onePerson, ['wait', NOTICE]],
      'ben',
    ],
    [
      'under a rule that comes: goes to nobody who asked before',
      [...two, ['ben', ask], onePerson, ['ann', 'goes']],
      null,
    ],
  ])('%s', (_claim, steps, holder) => {
    expect(play(steps).keyboard.holder).toBe(holder);
  });

  it('says which rule there is, and that waiting for an answer gives nothing under it', () => {
    const { keyboard, said } = play([asking, ...two, ['ben', ask]]);
    expect(keyboard.state()).toMatchObject({
      rule: 'ask-only',
      asking: [{ seatId: 'ben', mayTakeInMs: null }],
    });
    expect(said).toMatchObject([['ann', { type: 'keyboard-asked', endsInMs: null }]]);
  });

  it('tells a rule once, and takes questions back that it leaves no answer for', () => {
    const before = play([...two, ['ben', ask]]);
    const after = play([...two, ['ben', ask], onePerson, onePerson]);
    expect(after.changes).toBe(before.changes + 1);
    expect(after.keyboard.state()).toMatchObject({ rule: 'one-person', asking: [], taking: null });
  });

  it('asks nobody in vain', () => {
    expect(play([onePerson, ...two, ['ben', ask]]).said).toEqual([]);
  });

  it('tells each move once, from whom to whom', () => {
    const { moves } = play([...two, ['ann', handOver('ben')], ['ben', 'goes'], ['ann', take]]);
    expect(moves).toEqual(['->ann', 'ann>ben', 'ben>-', '->ann']);
  });

  it.each<[string, readonly Step[]]>([
    ['opening', two],
    ['handed-over', [...two, ['ann', handOver('ben')]]],
    ['released', [...two, ['ann', release]]],
    ['left', [...two, ['ben', ask], ['ann', 'goes']]],
    ['right-gone', [...two, ['ben', ask], ['ann', 'may-look']]],
    ['free: disk is full', [...two, ['ann', release], ['ben', ask]]],
    ['unanswered', [...two, ['ben', ask], ['wait', ANSWER], ['ben', take], ['wait', NOTICE]]],
    ['idle', [...two, ['wait', IDLE], ['ben', take], ['wait', NOTICE]]],
    [`manager: ${takeWhy.reason}`, [...two, ['max', 'comes'], ['max', takeWhy], ['wait', NOTICE]]],
  ])('says why it moved: %s', (cause, steps) => {
    expect(play(steps).causes.at(-1)).toBe(cause);
  });

  it('asks the holder, with name, reason and time', () => {
    const { said, keyboard } = play([...two, ['ben', ask], ['ben', ask], ['wait', 5_000]]);
    expect(said).toEqual([
      [
        'ann',
        { type: 'keyboard-asked', seatId: 'ben', name: 'ben', reason: 'disk is full', endsInMs: ANSWER },
      ],
    ]);
    expect(keyboard.state()).toMatchObject({
      holder: 'ann',
      asking: [{ seatId: 'ben', mayTakeInMs: ANSWER - 5_000 }],
      taking: null,
    });
  });

  it('tells who was refused, and again to who asks too soon', () => {
    const { said } = play([...two, ['ben', ask], ['ann', notNow], ['wait', 10_000], ['ben', ask]]);
    expect(said.filter(([to]) => to === 'ben')).toEqual([
      ['ben', { type: 'keyboard-not-now', askAgainInMs: 60_000 }],
      ['ben', { type: 'keyboard-not-now', askAgainInMs: 50_000 }],
    ]);
    const later = play([...two, ['ben', ask], ['ann', notNow], ['wait', 60_000], ['ben', ask]]);
    expect(later.said.filter(([to]) => to === 'ann')).toHaveLength(2);
  });

  it('shows a taking to all with its time, and an idle holder', () => {
    const { keyboard } = play([...two, ['wait', IDLE], ['ben', take], ['wait', 2_000]]);
    expect(keyboard.state()).toMatchObject({
      holderIdle: true,
      taking: { seatId: 'ben', name: 'ben', reason: '', inMs: NOTICE - 2_000 },
    });
  });

  it('leaves no timer behind', () => {
    const { keyboard, clock } = play([...two, ['max', 'comes'], ['max', takeWhy]]);
    expect(clock.waiting).toBeGreaterThan(0);
    keyboard.cancel();
    expect(clock.waiting).toBe(0);
  });

  it('takes no word of who is not there', () => {
    const { keyboard, changes } = play([
      ['ben', take],
      ['ben', 'goes'],
      ['ben', 'may-type'],
    ]);
    expect(keyboard.holder).toBeNull();
    expect(changes).toBe(0);
  });
});
