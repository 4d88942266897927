'use client';

import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import { type ConsoleModel, types } from './console-machine.ts';
import type { ConsoleSession } from './use-console-session.ts';
import type { ViewerControls } from './viewer-controls.ts';

/** What of the page gives its focus to the machine when the keyboard that was wished for comes. */
const GIVES_FOCUS = '[data-keyboard-chip], [role="application"], [role="application"] *';

/** What one can do about the keyboard, and whether one is writing why. */
export interface KeyboardHand {
  /** The form that asks is open. */
  composing: boolean;
  compose(): void;
  dismiss(): void;
  ask(reason: string): void;
  take(reason: string): void;
  handOver(seatId: string): void;
  notNow(): void;
  release(): void;
}

/** The keyboard as this page reaches for it. Focus goes to the machine only where one asked for that (design §6). */
export function useKeyboardHand(
  { model, sayOfKeyboard }: ConsoleSession,
  viewer: RefObject<ViewerControls | null>,
): KeyboardHand {
  const [composing, setComposing] = useState(false);
  const wished = useRef(false);
  const has = types(model);
  useEffect(() => {
    if (!has) return;
    setComposing(false);
    if (!wished.current) return;
    wished.current = false;
    const at = document.activeElement;
    if (at === null || at === document.body || at.matches(GIVES_FOCUS)) viewer.current?.focus();
  }, [has, viewer]);

  const reach = useCallback(
    (type: 'keyboard-ask' | 'keyboard-take', reason: string) => {
      wished.current = true;
      setComposing(false);
      sayOfKeyboard({ type, reason: reason.trim() });
    },
    [sayOfKeyboard],
  );
  return {
    composing: composing && isLive(model),
    compose: () => setComposing(true),
    dismiss: () => setComposing(false),
    ask: (reason) => reach('keyboard-ask', reason),
    take: (reason) => reach('keyboard-take', reason),
    handOver: (seatId) => sayOfKeyboard({ type: 'keyboard-hand-over', seatId }),
    notNow: () => {
      sayOfKeyboard({ type: 'keyboard-not-now' });
      viewer.current?.focus();
    },
    release: () => sayOfKeyboard({ type: 'keyboard-release' }),
  };
}

function isLive(model: ConsoleModel): boolean {
  return model.phase === 'open' && model.paused === null;
}
