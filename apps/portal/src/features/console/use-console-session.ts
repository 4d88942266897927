'use client';

import type { ConsoleKind } from '@porthole/relay-contract';
import { useCallback, useEffect, useReducer, useRef, useState } from 'react';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPCClient } from '../../trpc/trpc-provider.tsx';
import type { ConsoleChannel } from './console-channel.ts';
import { consoleMachine, firstModel, type WaitReason } from './console-machine.ts';
import { ConsoleSocket, type KeyboardWord, type PassAnswer } from './console-socket.ts';
import { openWebSocket } from './open-web-socket.ts';

/** Refusals that pass by themselves: the page goes on asking. */
const PASSING: Partial<Record<string, WaitReason | null>> = {
  'network/away': null,
  'relay/none': 'no-relay',
  'db/away': 'log-away',
  'db/busy': 'log-away',
};

export interface ConsoleWish {
  org: string;
  vmId: string;
  kind: ConsoleKind;
  mode: 'look' | 'type';
}

/** One console of this page, from its first pass to its receipt. A new one is a new component (by key). */
export function useConsoleSession({ org, vmId, kind, mode }: ConsoleWish) {
  const api = useTRPCClient();
  const [model, dispatch] = useReducer(consoleMachine, kind, firstModel);
  const [channel, setChannel] = useState<ConsoleChannel | null>(null);
  const socket = useRef<ConsoleSocket | null>(null);

  useEffect(() => {
    const askPass = async (): Promise<PassAnswer> => {
      try {
        return await api.console.open.mutate({ org, vmId, kind, mode });
      } catch (error) {
        const refused = apiErrorOf(error);
        const later = PASSING[refused.code];
        return later === undefined ? { refused: { cause: 'no-pass', ...refused } } : { later };
      }
    };
    const opened = new ConsoleSocket(
      {
        askPass,
        askOutcome: (ticketId) =>
          api.console.outcome.query({ org, ticketId }).then(
            ({ outcome }) => outcome,
            () => null,
          ),
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
  }, [api, org, vmId, kind, mode]);

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
