import { describe, expect, it } from 'vitest';
import { ManualClock } from '../manual-clock.ts';
import type { KeyboardCause } from './keyboard.ts';
import { KEYBOARD_EVENTS_PER_MINUTE, type KeyboardEvent, KeyboardStory } from './keyboard-story.ts';

function telling() {
  const clock = new ManualClock();
  const events: KeyboardEvent[] = [];
  const story = new KeyboardStory(clock, (event) => events.push(event));
  const move = (cause: KeyboardCause, to: string | null = 'b') =>
    story.note({ from: 'a', to, cause, reason: 'Backup' });
  return { clock, events, story, move, actions: () => events.map(({ action }) => action) };
}

describe('the story of a keyboard', () => {
  it('says who gave it to whom, and why', () => {
    const { move, events } = telling();
    move('manager');
    expect(events).toEqual([
      {
        action: 'keyboard.taken',
        data: { fromSeatId: 'a', toSeatId: 'b', why: 'manager', reason: 'Backup' },
      },
    ]);
  });

  it('leaves out what the log says otherwise: who came first, and who went and left it to nobody', () => {
    const { move, actions } = telling();
    move('opening');
    move('left', null);
    move('right-gone', null);
    expect(actions()).toEqual([]);
    move('left');
    move('released', null);
    move('handed-over');
    expect(actions()).toEqual(['keyboard.released', 'keyboard.released', 'keyboard.handed-over']);
  });

  it('counts what two people do to each other beyond so much a minute, and begins afresh', () => {
    const { clock, move, events, actions } = telling();
    for (let n = 0; n < 300; n += 1) move('free');
    expect(events).toHaveLength(KEYBOARD_EVENTS_PER_MINUTE);
    clock.advance(60_000);
    expect(events.at(-1)).toEqual({
      action: 'keyboard.moved',
      data: { times: 300 - KEYBOARD_EVENTS_PER_MINUTE },
    });
    move('free');
    expect(actions().at(-1)).toBe('keyboard.taken');
    clock.advance(60_000);
    expect(events).toHaveLength(KEYBOARD_EVENTS_PER_MINUTE + 2);
    expect(clock.waiting).toBe(0);
  });

  it('tells the rest when the console ends', () => {
    const { clock, move, story, events } = telling();
    for (let n = 0; n <= KEYBOARD_EVENTS_PER_MINUTE; n += 1) move('free');
    story.end();
    expect(events.at(-1)).toEqual({ action: 'keyboard.moved', data: { times: 1 } });
    expect(clock.waiting).toBe(0);
  });
});
