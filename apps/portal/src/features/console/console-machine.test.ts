import type { Receipt, ServerMessage } from '@porthole/relay-contract';
import { describe, expect, it } from 'vitest';
import {
  type ConsoleAction,
  type ConsoleModel,
  consoleMachine,
  copiesFromGuest,
  firstModel,
  MOVES,
  nameOf,
  PHASES,
  types,
} from './console-machine.ts';

const welcome: Extract<ServerMessage, { type: 'welcome' }> = {
  type: 'welcome',
  seatId: '7f3e9f60-6a40-4d6b-9d0b-0a3d4f0f9d11',
  kind: 'screen',
  rights: ['look', 'type'],
  copying: { toGuest: true, fromGuest: true },
  state: 'dialling',
  idleTimeoutMs: 1_800_000,
  maximumTimeMs: 28_800_000,
  endsAt: null,
};
const receipt: Receipt = {
  durationMs: 1000,
  updates: 3,
  rectangles: {},
  pixels: 1,
  bytesToBrowser: 1,
  bytesFromBrowser: 1,
  inputEvents: 0,
  inputDropped: 0,
  redials: 0,
  firstPictureMs: null,
  longestSilenceMs: 0,
};
const say = (message: ServerMessage): ConsoleAction => ({ type: 'message', message, at: 1000 });
const play = (...actions: ConsoleAction[]): ConsoleModel =>
  actions.reduce(consoleMachine, firstModel('screen'));

const asked: ConsoleAction = { type: 'connecting', ticketId: 't' };
const open = [asked, say(welcome), say({ type: 'step', step: 'picture', ms: 412 })];

describe('the console machine', () => {
  it('is open with the first picture, not before', () => {
    expect(play(asked, say(welcome)).phase).toBe('opening');
    expect(play(asked, say(welcome), say({ type: 'state', state: 'open', lost: null })).phase).toBe(
      'opening',
    );
    expect(play(...open)).toMatchObject({ phase: 'open', hadPicture: true, steps: { picture: 412 } });
  });

  it('begins anew for another seat: who came to look and may type now has its rights', () => {
    const looking = play(
      asked,
      say({ ...welcome, rights: ['look'] }),
      say({ type: 'step', step: 'picture', ms: 412 }),
    );
    expect(looking).toMatchObject({ phase: 'open', rights: ['look'] });
    const again = [{ type: 'anew' } as const, asked, say(welcome)].reduce(consoleMachine, looking);
    expect(again).toMatchObject({ phase: 'opening', rights: ['look', 'type'] });
  });

  it('takes a text console for open as soon as its tunnel is', () => {
    const text: ServerMessage = { ...welcome, kind: 'text' };
    expect(play(asked, say(text), say({ type: 'state', state: 'open', lost: null })).phase).toBe('open');
  });

  it('keeps the seat while the relay dials again, and comes back by itself', () => {
    const lost = play(
      ...open,
      say({ type: 'state', state: 'lost', lost: { cause: 'rebooting', nextTryInMs: 250 } }),
    );
    expect(lost).toMatchObject({ phase: 'redialling', hadPicture: true, redial: { cause: 'rebooting' } });
    expect(consoleMachine(lost, say({ type: 'state', state: 'open', lost: null }))).toMatchObject({
      phase: 'open',
      redial: null,
    });
  });

  it('waits with a time when its own line is gone, and asks for a new pass', () => {
    const waiting = play(...open, { type: 'waiting', why: 'drain', nextTryAt: 5000 });
    expect(waiting).toMatchObject({ phase: 'waiting', why: 'drain', nextTryAt: 5000, hadPicture: true });
    expect(consoleMachine(waiting, { type: 'asking' })).toMatchObject({ phase: 'asking', steps: {} });
  });

  it('remembers that typing was taken away under way', () => {
    expect(
      play(...open, say({ type: 'rights', rights: ['look'], copying: { toGuest: true, fromGuest: true } })),
    ).toMatchObject({
      rights: ['look'],
      narrowedAt: 1000,
    });
  });

  it('keeps who changed the access for what follows it, and for nothing later', () => {
    const told = say({
      type: 'access-changed',
      by: 'Jon Weber',
      at: '2026-05-03T12:02:00.000Z',
      reason: 'patching',
    });
    const narrowed = play(
      ...open,
      told,
      say({ type: 'rights', rights: ['look'], copying: { toGuest: true, fromGuest: true } }),
    );
    expect(narrowed).toMatchObject({
      narrowedAt: Date.parse('2026-05-03T12:02:00Z'),
      narrowedBy: 'Jon Weber',
      accessChanged: null,
    });
    const end = { type: 'ended', end: { cause: 'closed', kind: 'closedByHand' }, at: 9000 } as const;
    expect(play(...open, told, end).accessChanged).toMatchObject({ by: 'Jon Weber', reason: 'patching' });
  });

  it('counts down from what the relay says, and stops when somebody stays', () => {
    const soon = play(...open, say({ type: 'idle-soon', closesInMs: 60_000 }));
    expect(soon.idleClosesAt).toBe(61_000);
    expect(consoleMachine(soon, { type: 'stayed' }).idleClosesAt).toBeNull();
    expect(play(...open, say({ type: 'typing-paused', closesInMs: null })).paused).toEqual({
      closesAt: null,
    });
  });

  it('stops counting down when the relay has seen somebody, and in a new seat', () => {
    const soon = say({ type: 'idle-soon', closesInMs: 60_000 });
    expect(play(...open, soon, say({ type: 'idle-soon', closesInMs: null })).idleClosesAt).toBeNull();
  });

  it('knows when the longest time is over, from the first notice on, and forgets it with the seat', () => {
    const told = play(...open, say({ type: 'max-soon', closesInMs: 600_000 }));
    expect(told).toMatchObject({
      maximumTimeMs: 28_800_000,
      maximum: { closesAt: 601_000, toldAt: 1000 },
    });
    const waiting = consoleMachine(told, { type: 'waiting', why: 'drain', nextTryAt: 5000 });
    const again = [{ type: 'asking' } as const, asked, say(welcome)].reduce(consoleMachine, waiting);
    expect(again.maximum).toBeNull();
  });

  it('takes other times of the organisation, and a notice back', () => {
    const told = play(...open, say({ type: 'max-soon', closesInMs: 60_000 }));
    expect(told.maximum).not.toBeNull();
    const times = say({ type: 'times', idleTimeoutMs: 60_000, maximumTimeMs: 3_600_000 });
    const moved = [times, say({ type: 'max-soon', closesInMs: null })].reduce(consoleMachine, told);
    expect(moved).toMatchObject({ idleTimeoutMs: 60_000, maximumTimeMs: 3_600_000, maximum: null });
  });

  it('follows the end of the access when it is moved under way', () => {
    const moved = say({ type: 'access-end', endsAt: '2026-05-03T12:02:00.000Z' });
    expect(play(...open, moved).endsAt).toBe(Date.parse('2026-05-03T12:02:00Z'));
    expect(play(...open, moved, say({ type: 'access-end', endsAt: null })).endsAt).toBeNull();
  });

  it('types with the right and the keyboard alone, and forgets both with the line', () => {
    const held = (holder: string | null): ServerMessage => ({
      type: 'keyboard-state',
      holder,
      holderIdle: false,
      rule: 'free',
      asking: [],
      taking: null,
    });
    const jon = {
      seatId: '0c9a1b2e-7d52-4a0c-8a3e-3f1f6f1f8a10',
      name: 'Jon',
      rights: [],
      holdsKeyboard: true,
    };
    expect(types(play(...open))).toBe(false);
    const mine = play(...open, say(held(welcome.seatId)));
    expect(types(mine)).toBe(true);
    expect(
      types(
        consoleMachine(
          mine,
          say({ type: 'rights', rights: ['look'], copying: { toGuest: true, fromGuest: true } }),
        ),
      ),
    ).toBe(false);
    const theirs = play(...open, say({ type: 'presence', seats: [jon] }), say(held(jon.seatId)));
    expect(types(theirs)).toBe(false);
    expect(nameOf(theirs, theirs.keyboard.holder)).toBe('Jon');
    const waiting = consoleMachine(mine, { type: 'waiting', why: null, nextTryAt: 5000 });
    expect(types(waiting)).toBe(false);
    expect(waiting.keyboard.comesBack).toBe(true);
  });

  it('keeps the receipt that comes before the close', () => {
    const ended = play(...open, say({ type: 'receipt', receipt }), {
      type: 'ended',
      end: { cause: 'closed', kind: 'left' },
      at: 9,
    });
    expect(ended).toMatchObject({ phase: 'ended', receipt, end: { kind: 'left' } });
  });

  it('is over when it is over: nothing moves it again', () => {
    const ended = play(...open, { type: 'ended', end: { cause: 'lost' }, at: 9 });
    for (const action of [asked, say(welcome), { type: 'asking' } as const, { type: 'viewer-up' } as const])
      expect(consoleMachine(ended, action)).toBe(ended);
  });

  it('names only phases that exist in its moves', () => {
    for (const phase of PHASES) for (const next of MOVES[phase]) expect(PHASES).toContain(next);
  });

  it('lets text out of the machine by right, and where the organisation allows it', () => {
    const may = (rights: string[], fromGuest: boolean) =>
      copiesFromGuest(play(...open, say({ type: 'rights', rights, copying: { toGuest: true, fromGuest } })));
    expect(may(['look', 'clipboard'], true)).toBe(true);
    expect(may(['look'], true)).toBe(false);
    expect(may(['look', 'clipboard'], false)).toBe(false);
  });
});
