'use client';

import { useEffect, useRef } from 'react';
import { useAnnounce } from '../../ui/live-region.tsx';
import { useWords } from '../../words/use-words.ts';
import type { ConsoleModel, Phase } from './console-machine.ts';
import { minutesLeft } from './time-left.ts';

const IDLE_WARNING_S = 60;

/** One polite voice for the line, one assertive for what needs a hand (design §8); never each second of a countdown. */
export function useAnnouncements(model: ConsoleModel, machine: string): void {
  const t = useWords();
  const announce = useAnnounce();
  const before = useRef<Phase>(model.phase);
  const wasLost = useRef(false);
  useEffect(() => {
    if (before.current === model.phase) return;
    before.current = model.phase;
    if (model.phase === 'open')
      announce(wasLost.current ? t('console.announce.back') : t('console.announce.live', { machine }));
    if (model.phase === 'waiting' || model.phase === 'redialling') {
      wasLost.current = true;
      announce(t('console.announce.lost'));
    }
  }, [model.phase, machine, announce, t]);

  const cause = model.redial?.cause ?? null;
  useEffect(() => {
    if (cause === 'rebooting' || cause === 'moving')
      announce(t('guest.waiting.title', { machine, what: cause }));
  }, [cause, machine, announce, t]);

  const idle = model.idleClosesAt !== null;
  useEffect(() => {
    if (idle) announce(t('console.announce.idle', { s: IDLE_WARNING_S }), 'assertive');
  }, [idle, announce, t]);

  const toldAt = model.maximum?.toldAt ?? null;
  const minutes = toldAt === null ? null : minutesLeft(model.maximum?.closesAt ?? null, toldAt);
  useEffect(() => {
    if (toldAt !== null && minutes !== null) announce(t('console.announce.maximum', { m: minutes }));
  }, [toldAt, minutes, announce, t]);

  const paused = model.paused !== null;
  useEffect(() => {
    if (paused) announce(t('console.announce.paused'), 'assertive');
  }, [paused, announce, t]);
}
