'use client';

import { Eye, Keyboard, KeyboardOff } from 'lucide-react';
import type { Ref } from 'react';
import { classNames } from '../../ui/class-names.ts';
import { useWords } from '../../words/use-words.ts';
import { useChordName } from './capture-frame.tsx';
import { keyboardPlace } from './console-keyboard.ts';
import { type ConsoleModel, nameOf } from './console-machine.ts';

/**
 * `you`: keys go to the machine; `free`: they would after a click; `theirs`: somebody else types; `nobody`: it is there
 * to be taken; `look`, `mode`: they never do.
 */
export type KeyboardState =
  | 'you'
  | 'free'
  | 'theirs'
  | 'nobody'
  | 'look'
  | 'mode'
  | 'off'
  | 'paused'
  | 'wait';

/** Where keys go now, as one word. */
export function keyboardState(model: ConsoleModel, captured: boolean, asked: 'look' | 'type'): KeyboardState {
  if (model.phase !== 'open') return model.hadPicture ? 'off' : 'wait';
  if (model.paused !== null) return 'paused';
  if (!model.rights.includes('type')) return asked === 'look' ? 'mode' : 'look';
  const place = keyboardPlace(model.keyboard, model.seatId);
  if (place === 'unknown') return 'wait';
  if (place !== 'mine') return place;
  return captured ? 'you' : 'free';
}

interface KeyboardChipProps {
  state: KeyboardState;
  model: ConsoleModel;
  onPress: () => void;
  ref: Ref<HTMLButtonElement>;
}

/** Says who has the keyboard; Enter on it goes back in. */
export function KeyboardChip({ state, model, onPress, ref }: KeyboardChipProps) {
  const t = useWords();
  const chord = useChordName();
  const word = state === 'mode' ? 'look' : state;
  const hint =
    state === 'you' || state === 'free' || state === 'off'
      ? t(`console.keyboardHint.${state}`, { chord })
      : '';
  const person = nameOf(model, model.keyboard.holder);
  const Icon =
    word === 'look' || state === 'theirs'
      ? Eye
      : state === 'off' || state === 'paused'
        ? KeyboardOff
        : Keyboard;
  return (
    <span className="flex min-w-0 shrink-0 items-center gap-3">
      <button
        ref={ref}
        data-keyboard-chip
        type="button"
        onClick={onPress}
        className={classNames(
          'press inline-flex min-h-8 items-center gap-2 rounded-sm border px-2 text-xs',
          state === 'you' && 'border-accent! bg-picked text-ink',
          (state === 'off' || state === 'paused') && 'border-warn! text-warn',
          state !== 'you' &&
            state !== 'off' &&
            state !== 'paused' &&
            'text-ink-2 hover:bg-hover hover:text-ink',
        )}
      >
        <Icon aria-hidden className="size-3.5" />
        <span className="max-w-56 truncate max-sm:sr-only">{t(`console.keyboard.${word}`, { person })}</span>
      </button>
      {hint !== '' && <span className="truncate text-ink-2 text-xs max-xl:hidden">{hint}</span>}
    </span>
  );
}
