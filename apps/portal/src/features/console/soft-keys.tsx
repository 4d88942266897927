'use client';

import { Keyboard } from 'lucide-react';
import { type RefObject, useRef, useState } from 'react';
import { classNames } from '../../ui/class-names.ts';
import { useWords } from '../../words/use-words.ts';
import type { ScreenKey } from './screen-keys.ts';
import {
  keyOfCharacter,
  type ModifierStates,
  SOFT_MODIFIER_NAMES,
  tapModifier,
  withModifiers,
} from './soft-modifiers.ts';
import type { ViewerControls } from './viewer-controls.ts';

const BACKSPACE: ScreenKey = { keysym: 0xff08, code: 'Backspace' };
const RETURN: ScreenKey = { keysym: 0xff0d, code: 'Enter' };

/** An empty field hears no Backspace on every system. */
const SOMETHING_TO_DELETE = '  ';

/** What a system keyboard on glass lacks. */
const KEYS: readonly { label: string; key: ScreenKey }[] = [
  { label: 'Esc', key: { keysym: 0xff1b, code: 'Escape' } },
  { label: 'Tab', key: { keysym: 0xff09, code: 'Tab' } },
  { label: '←', key: { keysym: 0xff51, code: 'ArrowLeft' } },
  { label: '↑', key: { keysym: 0xff52, code: 'ArrowUp' } },
  { label: '↓', key: { keysym: 0xff54, code: 'ArrowDown' } },
  { label: '→', key: { keysym: 0xff53, code: 'ArrowRight' } },
  { label: 'Del', key: { keysym: 0xffff, code: 'Delete' } },
  { label: 'Home', key: { keysym: 0xff50, code: 'Home' } },
  { label: 'End', key: { keysym: 0xff57, code: 'End' } },
  { label: 'PgUp', key: { keysym: 0xff55, code: 'PageUp' } },
  { label: 'PgDn', key: { keysym: 0xff56, code: 'PageDown' } },
];

/** A row of 44 px keys under the picture, for fingers; the first one brings the system's keyboard. */
export function SoftKeys({ viewer }: { viewer: RefObject<ViewerControls | null> }) {
  const t = useWords();
  const field = useRef<HTMLTextAreaElement>(null);
  const [states, setStates] = useState<ModifierStates>({});
  const press = (key: ScreenKey & { shifted?: boolean }) => {
    const { keys, after } = withModifiers(states, key);
    viewer.current?.sendKeys(keys);
    setStates(after);
  };
  const take = (event: InputEvent) => {
    // A composition can't be stopped; its result comes with its end.
    if (event.inputType === 'insertCompositionText') return;
    event.preventDefault();
    if (event.inputType === 'deleteContentBackward') press(BACKSPACE);
    else if (event.inputType === 'insertLineBreak' || event.inputType === 'insertParagraph') press(RETURN);
    else for (const character of event.data ?? '') press(keyOfCharacter(character));
  };
  const look =
    'press inline-flex min-h-11 min-w-11 shrink-0 items-center justify-center rounded-md border px-2 font-mono text-sm';
  return (
    <div
      role="toolbar"
      aria-label={t('console.softKeys')}
      className="relative hidden shrink-0 gap-1 overflow-x-auto border-t bg-surface p-1 pointer-coarse:flex"
    >
      <textarea
        ref={(element) => {
          field.current = element;
          // React's onBeforeInput is a synthesis of its own: the native event says what kind of input it is.
          element?.addEventListener('beforeinput', take);
          return () => element?.removeEventListener('beforeinput', take);
        }}
        onCompositionEnd={(event) => {
          for (const character of event.data) press(keyOfCharacter(character));
          event.currentTarget.value = SOMETHING_TO_DELETE;
        }}
        defaultValue={SOMETHING_TO_DELETE}
        aria-label={t('console.softKeyboard')}
        autoCapitalize="off"
        autoComplete="off"
        autoCorrect="off"
        spellCheck={false}
        className="pointer-events-none absolute size-px opacity-0"
      />
      <button
        type="button"
        aria-label={t('console.softKeyboard')}
        onClick={() => field.current?.focus()}
        className={look}
      >
        <Keyboard aria-hidden className="size-5" />
      </button>
      {SOFT_MODIFIER_NAMES.map((name) => (
        <button
          key={name}
          type="button"
          aria-pressed={states[name] !== undefined}
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => setStates((old) => tapModifier(old, name))}
          className={classNames(
            look,
            states[name] === 'held' && 'border-accent! bg-picked',
            states[name] === 'next' && 'border-accent!',
          )}
        >
          {name}
        </button>
      ))}
      {KEYS.map(({ label, key }) => (
        <button
          key={label}
          type="button"
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => press(key)}
          className={look}
        >
          {label}
        </button>
      ))}
    </div>
  );
}
