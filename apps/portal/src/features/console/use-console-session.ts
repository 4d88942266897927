'use client';

import type { ConsoleKind, TicketOutcome } from '@porthole/relay-contract';
import { useCallback, useEffect, useReducer, useRef, useState } from 'react';
import type { ApiError } from '../../trpc/api-error.ts';
import type { ConsoleChannel } from './console-channel.ts';
import { consoleMachine, firstModel, type WaitReason } from './console-machine.ts';
import { ConsoleSocket, type KeyboardWord, type Pass, type PassAnswer } from './console-socket.ts';
import { openWebSocket } from './open-web-socket.ts';

/** Refusals that pass by themselves: the page goes on asking. */
const PASSING: Partial<Record<string, WaitReason | null>> = {
  'network/away': null,
  'relay/none': 'no-relay',
  'db/away': 'log-away',
  'db/busy': 'log-away',
};

/** Where the passes of one console come from; another object is another console. */
export interface ConsolePasses {
  /** A fresh pass. @throws what `apiErrorOf` reads */
  ask(): Promise<Pass>;
  /** Why a pass did not become a console. */
  outcome(ticketId: string): Promise<TicketOutcome>;
  /** What a page may know of what `ask` threw. */
  readError(error: unknown): ApiError;
}

/** One console of this page, from its first pass to its receipt. A new one is a new component (by key). */
export function useConsoleSession(kind: ConsoleKind, passes: ConsolePasses) {
  const [model, dispatch] = useReducer(consoleMachine, kind, firstModel);
  const [channel, setChannel] = useState<ConsoleChannel | null>(null);
  const socket = useRef<ConsoleSocket | null>(null);

  useEffect(() => {
    const askPass = async (): Promise<PassAnswer> => {
      try {
        return await passes.ask();
      } catch (error) {
        const refused = passes.readError(error);
        const later = PASSING[refused.code];
        return later === undefined ? { refused: { cause: 'no-pass', ...refused } } : { later };
      }
    };
    const opened = new ConsoleSocket(
      {
        askPass,
        askOutcome: (ticketId) => passes.outcome(ticketId).catch(() => null),
        connect: openWebSocket,
        now: Date.now,
        after: (ms, act) => {
          const timer = setTimeout(act, ms);
          return () => clearTimeout(timer);
        },
        random: Math.random,
      },
      (event) => {
        if (event.type === 'channel') setChannel(event.channel);
        else if (event.type === 'message') dispatch({ ...event, at: Date.now() });
        else if (event.type === 'ended') dispatch({ ...event, at: Date.now() });
        else dispatch(event);
        if (event.type === 'waiting' || event.type === 'ended') setChannel(null);
      },
    );
    socket.current = opened;
    opened.start();
    const online = () => opened.tryNow();
    window.addEventListener('online', online);
    return () => {
      window.removeEventListener('online', online);
      opened.stop();
      socket.current = null;
      setChannel(null);
      dispatch({ type: 'anew' });
    };
  }, [passes]);

  const stay = useCallback(() => {
    socket.current?.stay();
    dispatch({ type: 'stayed' });
  }, []);
  const sayOfKeyboard = useCallback((word: KeyboardWord) => socket.current?.sayOfKeyboard(word), []);
  // Who typed when the line went goes on typing, unless somebody else does by now.
  const takesBack =
    model.keyboard.known &&
    model.keyboard.comesBack &&
    model.rights.includes('type') &&
    model.phase === 'open';
  useEffect(() => {
    if (takesBack) sayOfKeyboard({ type: 'keyboard-take', reason: '' });
  }, [takesBack, sayOfKeyboard]);
  return {
    model,
    sayOfKeyboard,
    channel,
    stay,
    viewerUp: useCallback(() => dispatch({ type: 'viewer-up' }), []),
    tryNow: useCallback(() => socket.current?.tryNow(), []),
    leave: useCallback(() => socket.current?.leave(), []),
  };
}

export type ConsoleSession = ReturnType<typeof useConsoleSession>;
