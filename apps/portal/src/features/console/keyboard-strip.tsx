'use client';

import { MAX_KEYBOARD_REASON } from '@porthole/relay-contract';
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { useWords } from '../../words/use-words.ts';
import { ownAsk, TOLD_FOR_MS } from './console-keyboard.ts';
import { type ConsoleModel, nameOf, types } from './console-machine.ts';
import { secondsTo } from './keyboard-way.ts';
import type { KeyboardHand } from './use-keyboard-hand.ts';
import { useNow } from './use-now.ts';

interface KeyboardStripProps {
  model: ConsoleModel;
  machine: string;
  hand: KeyboardHand;
}

/**
 * Under the bar: who asks, who takes, and where the keyboard went. Never a dialog, and it takes no focus by itself
 * (design §6, "Hand-over").
 */
export function KeyboardStrip(props: KeyboardStripProps) {
  const { model, hand } = props;
  const { keyboard, seatId } = model;
  const now = useNow(isTelling(model));
  if (model.phase !== 'open' || model.paused !== null) return null;
  if (keyboard.taking !== null) return <Taking {...props} taking={keyboard.taking} now={now} />;
  const first = types(model) ? keyboard.asking[0] : undefined;
  if (first !== undefined)
    return <Asks {...props} seatId={first.seatId} endsAt={first.mayTakeAt} now={now} />;
  if (hand.composing) return <AskForm {...props} />;
  const asked = ownAsk(keyboard, seatId);
  if (asked !== null) return <Asked {...props} mayTakeAt={asked.mayTakeAt} now={now} />;
  if (keyboard.refused !== null && now < keyboard.refused.at + TOLD_FOR_MS)
    return <Refused model={model} until={keyboard.refused.until} now={now} />;
  if (keyboard.change !== null && now < keyboard.change.at + TOLD_FOR_MS)
    return <Changed {...props} what={keyboard.change.what} />;
  return null;
}

function isTelling({ keyboard }: ConsoleModel): boolean {
  const { taking, asking, refused, change } = keyboard;
  return taking !== null || asking.length > 0 || refused !== null || change !== null;
}

function Strip({
  title,
  sentence,
  reason,
  children,
}: {
  title: string;
  sentence?: string;
  /** A person's own words. */
  reason?: string | undefined;
  children?: ReactNode;
}) {
  return (
    <section
      data-testid="keyboard-strip"
      className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b bg-surface px-4 py-2 text-sm"
    >
      <p className="min-w-0 flex-1">
        <span className="font-medium">{title}</span>
        {reason !== undefined && reason !== '' && (
          <bdi translate="no" className="break-words ps-3 text-ink">
            {reason}
          </bdi>
        )}
        {sentence !== undefined && <span className="tabular ps-3 text-ink-2">{sentence}</span>}
      </p>
      {children}
    </section>
  );
}

function Taking({
  model,
  hand,
  taking,
  now,
}: KeyboardStripProps & { taking: NonNullable<ConsoleModel['keyboard']['taking']>; now: number }) {
  const t = useWords();
  const mine = taking.seatId === model.seatId;
  const s = secondsTo(taking.at, now);
  return (
    <Strip
      title={t('seat.taking.title', { case: mine ? 'you' : 'other', person: taking.name, s })}
      reason={taking.reason}
    >
      {types(model) && (
        <Button onClick={() => hand.handOver(taking.seatId)}>{t('seat.taking.button')}</Button>
      )}
    </Strip>
  );
}

function Asks({
  model,
  hand,
  seatId,
  endsAt,
  now,
}: KeyboardStripProps & { seatId: string; endsAt: number | null; now: number }) {
  const t = useWords();
  const person = nameOf(model, seatId);
  const s = secondsTo(endsAt ?? now, now);
  return (
    <Strip
      title={t('seat.asks.title', { person })}
      reason={model.keyboard.reasons[seatId]}
      sentence={t('seat.asks.sentence', {
        person,
        case: endsAt === null ? 'kept' : s === 0 ? 'over' : 'running',
        s,
        more: model.keyboard.asking.length - 1,
      })}
    >
      <Button onClick={() => hand.handOver(seatId)}>{t('seat.asks.button')}</Button>
      <Button onClick={hand.notNow}>{t('seat.asks.notNow')}</Button>
    </Strip>
  );
}

function Asked({
  model,
  hand,
  mayTakeAt,
  now,
}: KeyboardStripProps & { mayTakeAt: number | null; now: number }) {
  const t = useWords();
  const person = nameOf(model, model.keyboard.holder);
  const s = secondsTo(mayTakeAt ?? now, now);
  const over = mayTakeAt !== null && s === 0;
  return (
    <Strip
      title={t('seat.asked.title', { case: 'asked', person })}
      sentence={t('seat.asked.sentence', {
        case: mayTakeAt === null ? 'kept' : over ? 'over' : 'asked',
        person,
        s,
      })}
    >
      {over && <Button onClick={() => hand.take('')}>{t('seat.take')}</Button>}
      {!over && mayTakeByReason(model) && <Button onClick={hand.compose}>{t('seat.takeWithReason')}</Button>}
    </Strip>
  );
}

/** A Manager takes it with a reason, where the organisation lets anybody take it. */
function mayTakeByReason({ rights, keyboard }: ConsoleModel): boolean {
  return rights.includes('share') && keyboard.rule === 'free';
}

function Refused({ model, until, now }: { model: ConsoleModel; until: number; now: number }) {
  const t = useWords();
  const person = nameOf(model, model.keyboard.holder);
  return (
    <Strip
      title={t('seat.asked.title', { case: 'refused', person })}
      sentence={t('seat.asked.sentence', { case: 'refused', person, s: secondsTo(until, now) })}
    />
  );
}

function Changed({
  model,
  machine,
  hand,
  what,
}: KeyboardStripProps & { what: 'yours' | 'lost' | 'moved' | 'free' }) {
  const t = useWords();
  const person = nameOf(model, model.keyboard.holder);
  // That it went from one to another is shown by chip and presence; who lost it is told what became of their keys.
  if (what === 'moved' || !model.rights.includes('type')) return null;
  return (
    <Strip
      title={t('seat.taken.title', { case: what, person })}
      sentence={t('seat.taken.sentence', { case: what, machine })}
    >
      {what === 'free' && <Button onClick={() => hand.take('')}>{t('seat.take')}</Button>}
      {what === 'lost' && model.keyboard.rule !== 'one-person' && (
        <Button onClick={hand.compose}>{t('seat.taken.button')}</Button>
      )}
    </Strip>
  );
}

/** Opened by hand, so it takes the focus: a reason is for whom one asks, and must for taking it. */
function AskForm({ model, hand }: KeyboardStripProps) {
  const t = useWords();
  const [reason, setReason] = useState('');
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const person = nameOf(model, model.keyboard.holder);
  const asked = ownAsk(model.keyboard, model.seatId) !== null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!asked) hand.ask(reason);
    else if (reason.trim() !== '') hand.take(reason);
  };
  return (
    <form
      data-testid="keyboard-strip"
      onSubmit={submit}
      onKeyDown={(event) => event.key === 'Escape' && hand.dismiss()}
      className="flex flex-wrap items-end gap-x-4 gap-y-2 border-b bg-surface px-4 py-2 text-sm"
    >
      <Field
        ref={field}
        className="min-w-48 flex-1"
        label={t('seat.ask.label', { person, case: asked ? 'take' : 'ask' })}
        value={reason}
        onChange={setReason}
        maxLength={MAX_KEYBOARD_REASON}
        autoComplete="off"
      />
      {!asked && <Button type="submit">{t('seat.ask.button')}</Button>}
      {mayTakeByReason(model) && (
        <Button
          reason={reason.trim() === '' ? t('seat.ask.needsReason', { person }) : null}
          onClick={() => hand.take(reason)}
        >
          {t('seat.take')}
        </Button>
      )}
      <Button onClick={hand.dismiss}>{t('seat.ask.cancel')}</Button>
    </form>
  );
}
