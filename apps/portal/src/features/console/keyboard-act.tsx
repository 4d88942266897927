'use client';

import { LIMITS } from '@porthole/relay-contract';
import { Button } from '../../ui/button.tsx';
import { MenuItem, MenuLine } from '../../ui/menu.tsx';
import { useWords } from '../../words/use-words.ts';
import { type ConsoleModel, nameOf, types } from './console-machine.ts';
import { keyboardWay, secondsTo } from './keyboard-way.ts';
import type { KeyboardHand } from './use-keyboard-hand.ts';
import { useNow } from './use-now.ts';

const MINUTE_MS = 60_000;

interface KeyboardActProps {
  model: ConsoleModel;
  hand: KeyboardHand;
}

/** Beside the chip: the one thing to do about a keyboard that isn't ours. */
export function KeyboardAct({ model, hand }: KeyboardActProps) {
  const act = useKeyboardAct(model, hand);
  if (act === null || hand.composing) return null;
  return (
    <span className="max-lg:hidden">
      <Button size="bar" reason={act.reason} onClick={act.run}>
        {act.word}
      </Button>
    </span>
  );
}

/** The same as a line of a menu, and letting go of a keyboard that is ours. */
export function KeyboardItems({ model, hand }: KeyboardActProps) {
  const t = useWords();
  const act = useKeyboardAct(model, hand);
  const has = types(model) && model.phase === 'open';
  if (act === null && !has) return null;
  return (
    <>
      {act !== null && (
        <MenuItem reason={act.reason} onSelect={act.run}>
          {act.word}
        </MenuItem>
      )}
      {has && <MenuItem onSelect={hand.release}>{t('seat.release')}</MenuItem>}
      <MenuLine />
    </>
  );
}

/** What a press on the chip, its button or the menu does; null where there is nothing to do. */
export function useKeyboardAct(
  model: ConsoleModel,
  hand: KeyboardHand,
): { word: string; reason: string | null; run: () => void } | null {
  const t = useWords();
  const { refused, asking, holder } = model.keyboard;
  const now = useNow(refused !== null || asking.length > 0);
  const way = keyboardWay(model, now);
  const person = nameOf(model, holder);
  if (way === 'none') return null;
  if (way === 'barred')
    return {
      word: t('seat.look.button', { case: 'other_types' }),
      reason: t('seat.barred', { person, m: LIMITS.keyboardIdleMs / MINUTE_MS }),
      run: () => undefined,
    };
  if (way === 'take') return { word: t('seat.take'), reason: null, run: () => hand.take('') };
  const s = refused === null ? 0 : secondsTo(refused.until, now);
  return {
    word: way === 'ask' ? t('seat.look.button', { case: 'other_types' }) : t('seat.asked.button'),
    reason: s === 0 ? null : t('seat.asked.sentence', { case: 'refused', person, s }),
    run: hand.compose,
  };
}
