import type { TicketOutcome } from '@porthole/relay-contract';
import { beforeEach, describe, expect, it } from 'vitest';
import type { SocketLike } from './console-channel.ts';
import {
  ConsoleSocket,
  DEAD_AFTER_MS,
  type PassAnswer,
  PING_EVERY_MS,
  type SocketEvent,
  type SocketListener,
} from './console-socket.ts';
import { GIVE_UP_AFTER_MS, STEADY_AFTER_MS } from './reconnect-delay.ts';

class FakeSocket implements SocketLike {
  readyState = 1;
  sent: unknown[] = [];
  closedWith: unknown[] | null = null;
  constructor(
    readonly protocols: string[],
    readonly listener: SocketListener,
  ) {}
  send(data: unknown): void {
    this.sent.push(data);
  }
  close(...words: unknown[]): void {
    this.closedWith = words;
    this.readyState = 3;
  }
  hear(data: unknown): void {
    this.listener.message(data);
  }
  end(code: number, reason = ''): void {
    this.readyState = 3;
    this.listener.closed(code, reason);
  }
}

const WELCOME = JSON.stringify({
  type: 'welcome',
  seatId: '7f3e9f60-6a40-4d6b-9d0b-0a3d4f0f9d11',
  kind: 'screen',
  rights: ['look'],
  copying: { toGuest: true, fromGuest: true },
  state: 'open',
  idleTimeoutMs: 1_800_000,
  maximumTimeMs: 28_800_000,
  endsAt: null,
});

let now: number;
let timers: { at: number; act: () => void }[];
let sockets: FakeSocket[];
let events: SocketEvent[];
let passes: number;
let outcome: TicketOutcome | null;
let answer: PassAnswer | null;
let subject: ConsoleSocket;

beforeEach(() => {
  now = 0;
  timers = [];
  sockets = [];
  events = [];
  passes = 0;
  outcome = 'waiting';
  answer = null;
  subject = new ConsoleSocket(
    {
      askPass: async () => {
        passes += 1;
        return (
          answer ?? {
            ticketId: `id-${passes}`,
            ticket: `ticket-${passes}`,
            path: '/console/ws/r1',
            kind: 'screen',
          }
        );
      },
      askOutcome: async () => outcome,
      connect: (_path, protocols, listener) => {
        const socket = new FakeSocket(protocols, listener);
        sockets.push(socket);
        return socket;
      },
      now: () => now,
      after: (ms, act) => {
        const timer = { at: now + ms, act };
        timers.push(timer);
        return () => {
          timers = timers.filter((other) => other !== timer);
        };
      },
      random: () => 0.5,
    },
    (event) => events.push(event),
  );
});

const settle = async () => {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
};

async function passTime(ms: number): Promise<void> {
  const end = now + ms;
  for (;;) {
    const due = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
    if (due === undefined) break;
    timers = timers.filter((timer) => timer !== due);
    now = due.at;
    due.act();
    await settle();
  }
  now = end;
}

async function started(): Promise<FakeSocket> {
  subject.start();
  await settle();
  return newest();
}

function newest(): FakeSocket {
  const socket = sockets.at(-1);
  if (socket === undefined) throw new Error('no socket was opened');
  return socket;
}

const types = () => events.map(({ type }) => type);
const lastEvent = () => events.at(-1);

describe('the socket of a console', () => {
  it('carries the ticket in the subprotocol and gives the channel with the welcome', async () => {
    const socket = await started();
    expect(socket.protocols).toEqual(['porthole.v1', 'porthole.ticket.ticket-1']);
    expect(types()).toEqual(['asking', 'connecting']);
    socket.hear(WELCOME);
    expect(types()).toEqual(['asking', 'connecting', 'message', 'channel']);
  });

  it('splits console bytes from control messages and keeps bytes for a late viewer', async () => {
    const socket = await started();
    socket.hear(WELCOME);
    socket.hear(new Uint8Array([1, 2]).buffer);
    const given = events.find((event) => event.type === 'channel');
    if (given?.type !== 'channel') throw new Error('no channel');
    const heard: number[] = [];
    given.channel.onmessage = ({ data }) => heard.push(...new Uint8Array(data));
    socket.hear(new Uint8Array([3]).buffer);
    await settle();
    expect(heard).toEqual([1, 2, 3]);
    expect(given.channel.bytesIn).toBe(3);
  });

  it('measures the round trip by ping and pong', async () => {
    const socket = await started();
    socket.hear(WELCOME);
    now += 38;
    socket.hear(JSON.stringify({ type: 'pong', id: 1 }));
    expect(lastEvent()).toEqual({ type: 'round-trip', ms: 38 });
  });

  it('asks its owner’s question when it closes before the welcome', async () => {
    outcome = 'used-before';
    (await started()).end(1006);
    await settle();
    expect(lastEvent()).toEqual({ type: 'ended', end: { cause: 'pass', outcome: 'used-before' } });
  });

  it('comes back with a fresh pass when the contract says so, with full jitter', async () => {
    const socket = await started();
    socket.hear(WELCOME);
    socket.end(4408, 'stalled');
    await settle();
    expect(lastEvent()).toEqual({ type: 'waiting', why: 'stalled', nextTryAt: 250 });
    await passTime(250);
    expect(newest().protocols[1]).toBe('porthole.ticket.ticket-2');
  });

  it('follows a move at once', async () => {
    const socket = await started();
    socket.end(4412, 'moved');
    await settle();
    expect(lastEvent()).toMatchObject({ type: 'waiting', why: 'moved', nextTryAt: 0 });
  });

  it('ends where the contract says not to come back', async () => {
    const socket = await started();
    socket.hear(WELCOME);
    socket.end(4403, 'withdrawn');
    await settle();
    expect(lastEvent()).toEqual({ type: 'ended', end: { cause: 'closed', kind: 'withdrawn' } });
    expect(timers).toEqual([]);
  });

  it('gives up after two minutes without a line', async () => {
    (await started()).end(1006);
    await settle();
    for (let guard = 0; guard < 200 && now < GIVE_UP_AFTER_MS * 2 && lastEvent()?.type !== 'ended'; guard++) {
      await passTime(1_000);
      if (newest().readyState === 1) newest().end(1006);
      await settle();
    }
    expect(lastEvent()).toEqual({ type: 'ended', end: { cause: 'lost' } });
    expect(now).toBeGreaterThanOrEqual(GIVE_UP_AFTER_MS);
  });

  it('counts anew once a console has stood for a while', async () => {
    const socket = await started();
    socket.hear(WELCOME);
    await passTime(STEADY_AFTER_MS);
    socket.end(1006);
    await settle();
    expect(lastEvent()).toMatchObject({ type: 'waiting', nextTryAt: now + 250 });
  });

  it('takes a silent line for dead', async () => {
    const socket = await started();
    socket.hear(WELCOME);
    await passTime(DEAD_AFTER_MS + PING_EVERY_MS);
    expect(socket.closedWith).not.toBeNull();
    expect(types()).toContain('waiting');
  });

  it('leaves with a word and waits for the receipt', async () => {
    const socket = await started();
    socket.hear(WELCOME);
    subject.leave();
    expect(socket.sent).toContain('{"type":"leave"}');
    socket.end(1000, 'left');
    await settle();
    expect(lastEvent()).toEqual({ type: 'ended', end: { cause: 'closed', kind: 'left' } });
  });

  it('takes a message it doesn’t know for a breach', async () => {
    const socket = await started();
    socket.hear('{"type":"evil"}');
    expect(lastEvent()).toEqual({ type: 'ended', end: { cause: 'breach' } });
  });

  it('says what the portal said where no pass was given', async () => {
    const refused = {
      cause: 'no-pass',
      code: 'rbac/forbidden',
      message: '',
      reference: null,
      retryAfterS: null,
    } as const;
    answer = { refused };
    subject.start();
    await settle();
    expect(lastEvent()).toEqual({ type: 'ended', end: refused });
  });

  it('asks again where there is no pass for now, and says why', async () => {
    answer = { later: 'no-relay' };
    subject.start();
    await settle();
    expect(lastEvent()).toMatchObject({ type: 'waiting', why: 'no-relay' });
    answer = null;
    await passTime(1_000);
    expect(sockets).toHaveLength(1);
  });

  it('is silent after it was stopped', async () => {
    const socket = await started();
    subject.stop();
    const before = events.length;
    socket.hear(WELCOME);
    socket.end(1006);
    await passTime(60_000);
    expect(events).toHaveLength(before);
    expect(socket.closedWith).toEqual([1000, 'left']);
  });
});
