'use client';

import {
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useId,
  useRef,
  useState,
} from 'react';
import { classNames } from '../../ui/class-names.ts';
import { useWords } from '../../words/use-words.ts';
import { LeaveChord } from './leave-chord.ts';
import type { ViewerControls } from './viewer-controls.ts';

const PILL_MS = 5_000;
/** What of a viewer hands keys to the machine: noVNC's canvas, xterm's hidden field. */
const TAKES_KEYS = 'canvas, .xterm-helper-textarea';

interface CaptureFrameProps {
  label: string;
  machine: string;
  typing: boolean;
  /** Takes a keyboard that nobody has; null where there is none to take. */
  onTake: (() => void) | null;
  captured: boolean;
  /** The line is down: what is seen is the last picture. */
  stale: boolean;
  viewer: RefObject<ViewerControls | null>;
  onCapture: (captured: boolean) => void;
  /** The leave chord: focus goes to the chip. */
  onLeaveKeyboard: () => void;
  children: ReactNode;
}

/** Whether keys go to the machine is a state one sees: grey frame free, accent frame captured (design §6). */
export function CaptureFrame(props: CaptureFrameProps) {
  const t = useWords();
  const id = useId();
  const chord = useRef(new LeaveChord());
  const chordName = useChordName();
  const { captured, typing, onTake, stale, viewer } = props;

  useEffect(() => {
    const reset = () => chord.current.reset();
    window.addEventListener('blur', reset);
    return () => window.removeEventListener('blur', reset);
  }, []);

  const down = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.target === event.currentTarget) {
      if (event.key !== 'Enter' || (!typing && onTake === null)) return;
      event.preventDefault();
      if (onTake !== null) onTake();
      else viewer.current?.focus();
      return;
    }
    if (captured) chord.current.keyDown(event.code);
  };
  const up = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.target === event.currentTarget || !chord.current.keyUp(event.code)) return;
    // After the viewer has seen this release: the machine gets three modifiers and nothing else.
    queueMicrotask(() => {
      viewer.current?.blur();
      props.onLeaveKeyboard();
    });
  };

  return (
    <div
      role="application"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: Enter on it takes the keyboard
      tabIndex={0}
      aria-label={props.label}
      aria-describedby={`${id}-way`}
      onKeyDownCapture={down}
      onKeyUpCapture={up}
      onPointerDownCapture={() => onTake?.()}
      onFocusCapture={({ target }) => props.onCapture(target.matches(TAKES_KEYS))}
      onBlurCapture={() => {
        viewer.current?.releaseKeys();
        props.onCapture(false);
      }}
      className={classNames(
        'relative min-h-0 flex-1 overflow-hidden border-2 outline-offset-[-2px]',
        stale ? 'border-edge! border-dashed' : captured ? 'border-accent!' : 'border-line!',
      )}
    >
      {props.children}
      <p id={`${id}-way`} className="sr-only">
        {typing || onTake !== null ? t('console.describe', { chord: chordName }) : t('console.describeLook')}
      </p>
      <Pill shown={captured} text={t('console.pill', { machine: props.machine, chord: chordName })} />
    </div>
  );
}

/** Said once for each first capture, over the picture's foot, for 5 s. */
function Pill({ shown, text }: { shown: boolean; text: string }) {
  const [state, setState] = useState<'never' | 'now' | 'past'>('never');
  useEffect(() => {
    if (shown) setState((old) => (old === 'never' ? 'now' : old));
  }, [shown]);
  useEffect(() => {
    if (state !== 'now') return;
    const timer = setTimeout(() => setState('past'), PILL_MS);
    return () => clearTimeout(timer);
  }, [state]);
  if (state !== 'now' || !shown) return null;
  return (
    <p className="rise pointer-events-none absolute inset-x-0 bottom-6 mx-auto w-fit max-w-[90%] rounded-full border bg-surface px-4 py-2 text-center text-sm shadow-1">
      {text}
    </p>
  );
}

/** The chord as this keyboard names it. */
export function useChordName(): string {
  const t = useWords();
  const [mac, setMac] = useState(false);
  useEffect(() => setMac(/mac|iphone|ipad/i.test(navigator.userAgent)), []);
  return mac ? t('console.chordMac') : t('console.chord');
}
