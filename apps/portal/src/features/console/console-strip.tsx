'use client';

import { useEffect, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { classNames } from '../../ui/class-names.ts';
import { clockTime } from '../../ui/format-time.ts';
import { useWords } from '../../words/use-words.ts';
import type { ConsoleModel } from './console-machine.ts';
import { longestTime, minutesLeft } from './time-left.ts';
import type { ConsoleSession } from './use-console-session.ts';
import { useNow } from './use-now.ts';

const NARROWED_FOR_MS = 20_000;
/** A notice of the longest time stays this long; the chip in the bar counts on. */
const MAXIMUM_TOLD_FOR_MS = 20_000;

/** One strip under the bar: what happened, what comes next, and the way to hurry it. The gravest alone is shown. */
export function ConsoleStrip({
  session,
  machine,
  org,
}: {
  session: ConsoleSession;
  machine: string;
  /** Name of the organisation. */
  org: string;
}) {
  const t = useWords();
  const { model } = session;
  const now = useNow(
    model.phase === 'waiting' ||
      model.redial !== null ||
      model.paused !== null ||
      model.idleClosesAt !== null,
  );
  const words = stripOf(model, machine, now, t);
  const narrowed = useShownFor(model.narrowedAt, NARROWED_FOR_MS);
  const maximumTold = useShownFor(model.maximum?.toldAt ?? null, MAXIMUM_TOLD_FOR_MS);
  const shown =
    words ??
    (maximumTold === null ? null : maximumWords(model, org, maximumTold, t)) ??
    (narrowed === null
      ? null
      : {
          title: t('seat.narrowed.title'),
          sentence: t('seat.narrowed.sentence', {
            time: clockTime(new Date(narrowed)),
            by: model.narrowedBy === null ? 'none' : 'some',
            person: model.narrowedBy ?? '',
          }),
          act: null,
        });
  if (shown === null) return null;
  // Over a stale picture it lies on top, so that the picture keeps its place and scale (design §6).
  const stale = model.phase === 'waiting' || model.phase === 'redialling';
  return (
    <section
      className={classNames(
        'flex flex-wrap items-center gap-x-4 gap-y-2 border-b bg-surface px-4 py-2 text-sm',
        stale && 'absolute inset-x-0 top-11 z-(--z-sticky)',
      )}
    >
      <p className="min-w-0 flex-1">
        <span className="font-medium">{shown.title}</span>
        <span className="ps-3 text-ink-2">{shown.sentence}</span>
      </p>
      {shown.act === 'try' && <Button onClick={session.tryNow}>{t('end.lost.button')}</Button>}
      {shown.act === 'stay' && <Button onClick={session.stay}>{t('end.idle-soon.button')}</Button>}
    </section>
  );
}

interface StripWords {
  title: string;
  sentence: string;
  act: 'try' | 'stay' | null;
}

function stripOf(
  model: ConsoleModel,
  machine: string,
  now: number,
  t: ReturnType<typeof useWords>,
): StripWords | null {
  if (model.phase === 'waiting') return waitingWords(model, machine, now, t);
  if (model.phase === 'redialling') return redialWords(model, machine, now, t);
  if (model.paused !== null) {
    const left = secondsTo(model.paused.closesAt, now);
    return {
      title: t('end.frozen.title'),
      sentence: t('end.frozen.sentence', { case: left === null ? 'open' : 'soon', s: left ?? 0 }),
      act: null,
    };
  }
  if (model.idleClosesAt !== null)
    return {
      title: t('end.idle-soon.title'),
      sentence: t('end.idle-soon.sentence', { s: secondsTo(model.idleClosesAt, now) ?? 0 }),
      act: 'stay',
    };
  return null;
}

/** Of a reboot and a move it is enough to know that they pass; of a host that does not answer one wants to know when. */
function redialWords(
  model: ConsoleModel,
  machine: string,
  now: number,
  t: ReturnType<typeof useWords>,
): StripWords {
  const cause = model.redial?.cause ?? 'unknown';
  if (cause === 'rebooting' || cause === 'moving')
    return {
      title: t('guest.waiting.title', { machine, what: cause }),
      sentence: t('guest.waiting.sentence', { what: cause, kind: model.kind }),
      act: null,
    };
  const s = secondsTo(model.redial?.nextTryAt ?? null, now) ?? 0;
  return {
    title: t('end.redial.title', { machine }),
    sentence: t('end.redial.sentence', { cause, case: s === 0 ? 'now' : 'soon', s }),
    act: null,
  };
}

function waitingWords(
  model: ConsoleModel,
  machine: string,
  now: number,
  t: ReturnType<typeof useWords>,
): StripWords {
  if (model.why === 'drain')
    return { title: t('end.drain.title'), sentence: t('end.drain.sentence'), act: 'try' };
  if (model.why === 'moved')
    return { title: t('end.moved.title'), sentence: t('end.moved.sentence'), act: 'try' };
  const s = secondsTo(model.nextTryAt, now) ?? 0;
  const when = s === 0 ? 'now' : 'soon';
  if (model.why === 'log-away')
    return { title: t('open.log-away.title'), sentence: t('open.log-away.sentence'), act: 'try' };
  if (model.why === 'no-relay')
    return {
      title: t('open.busy.title'),
      sentence: t('open.busy.sentence', { case: when, machine, s }),
      act: 'try',
    };
  return {
    title: t('end.lost.title', { case: when }),
    sentence: t('end.lost.sentence', { case: when, s }),
    act: 'try',
  };
}

/** The longest time is nearly over: how many minutes are left, and what comes after. */
function maximumWords(
  model: ConsoleModel,
  org: string,
  toldAt: number,
  t: ReturnType<typeof useWords>,
): StripWords | null {
  const m = minutesLeft(model.maximum?.closesAt ?? null, toldAt);
  if (m === null) return null;
  return {
    title: t('end.max-soon.title', { m }),
    sentence: t('end.max-soon.sentence', { org, ...longestTime(model.maximumTimeMs) }),
    act: null,
  };
}

function secondsTo(at: number | null, now: number): number | null {
  return at === null ? null : Math.max(0, Math.ceil((at - now) / 1000));
}

/** What happened at a time, shown for a while. */
function useShownFor(at: number | null, forMs: number): number | null {
  const [shown, setShown] = useState<number | null>(null);
  useEffect(() => {
    setShown(at);
    if (at === null) return;
    const timer = setTimeout(() => setShown(null), forMs);
    return () => clearTimeout(timer);
  }, [at, forMs]);
  return shown;
}
