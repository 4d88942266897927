'use client';

import { LIMITS } from '@porthole/relay-contract';
import { useEffect } from 'react';
import { useAnnounce } from '../../ui/live-region.tsx';
import { useWords } from '../../words/use-words.ts';
import { ownAsk } from './console-keyboard.ts';
import { type ConsoleModel, nameOf, types } from './console-machine.ts';

const SECOND_MS = 1000;

/** Says once what the strip shows: politely where the keyboard is, assertively that somebody takes it (design §8). */
export function useKeyboardAnnouncements(model: ConsoleModel, machine: string): void {
  const t = useWords();
  const announce = useAnnounce();
  const { keyboard, seatId } = model;
  const holder = nameOf(model, keyboard.holder);

  const change = keyboard.change;
  const changed = change === null ? null : `${change.what} ${change.at}`;
  const what = change?.what ?? null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: said once for each move, not when a name changes
  useEffect(() => {
    if (what === null) return;
    announce(t('seat.taken.said', { case: what, person: holder, machine }));
  }, [changed]);

  const takerId = keyboard.taking?.seatId ?? null;
  const taker = keyboard.taking?.name ?? '';
  useEffect(() => {
    if (takerId === null || takerId === seatId) return;
    const s = LIMITS.keyboardNoticeMs / SECOND_MS;
    announce(t('seat.taking.title', { case: 'other', person: taker, s }), 'assertive');
  }, [takerId, taker, seatId, announce, t]);

  const askerId = types(model) ? (keyboard.asking[0]?.seatId ?? null) : null;
  const asker = nameOf(model, askerId);
  useEffect(() => {
    if (askerId !== null) announce(t('seat.asks.title', { person: asker }));
  }, [askerId, asker, announce, t]);

  const asked = ownAsk(keyboard, seatId) !== null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: said once for each question
  useEffect(() => {
    if (asked) announce(t('seat.asked.title', { case: 'asked', person: holder }));
  }, [asked]);

  const refusedAt = keyboard.refused?.at ?? null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: said once for each answer
  useEffect(() => {
    if (refusedAt !== null) announce(t('seat.asked.title', { case: 'refused', person: holder }));
  }, [refusedAt]);
}
