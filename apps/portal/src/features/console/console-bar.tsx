'use client';

import { ArrowLeft, Ellipsis } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode, Ref } from 'react';
import { Button } from '../../ui/button.tsx';
import { Caption } from '../../ui/caption.tsx';
import { classNames } from '../../ui/class-names.ts';
import { Menu, MenuItem, MenuLine } from '../../ui/menu.tsx';
import { Presence } from '../../ui/presence.tsx';
import { useWords } from '../../words/use-words.ts';
import type { ConsoleModel } from './console-machine.ts';
import { KeyboardAct, KeyboardItems } from './keyboard-act.tsx';
import { KeyboardChip, type KeyboardState } from './keyboard-chip.tsx';
import { longestTime, nextEnd } from './time-left.ts';
import type { KeyboardHand } from './use-keyboard-hand.ts';
import { useNow } from './use-now.ts';

export interface ConsoleBarProps {
  model: ConsoleModel;
  machine: string;
  /** Name of the organisation. */
  org: string;
  /** The machine's page, where back goes; null for who may see no other page. */
  home: string | null;
  badge: ReactNode;
  keyboard: KeyboardState;
  keyboardRef: Ref<HTMLButtonElement>;
  onKeyboard: () => void;
  hand: KeyboardHand;
  kinds: ReactNode;
  /** The same choice as lines of the `…` menu, where the bar has no room for it. */
  kindItems: ReactNode;
  keys: ReactNode;
  view: ReactNode;
  /** Lets others in; null where there is no such way. */
  share: ShareWay | null;
  /** Focus goes back to the machine when a menu closes. */
  onMenuClosed: () => void;
  onLeave: () => void;
}

/** How others are let in from a live console. */
export interface ShareWay {
  /** Why it can't be shared now. */
  reason: string | null;
  onShare: () => void;
}

/** One row of 44 px; gives way from the right into `…`; name, keyboard, presence and Leave never go (design §6). */
export function ConsoleBar(props: ConsoleBarProps) {
  const t = useWords();
  const { model, machine } = props;
  return (
    <header className="z-(--z-bar) flex min-h-11 shrink-0 items-center gap-1 border-b bg-surface px-2 text-sm sm:gap-2">
      {props.home !== null && (
        <Link
          href={props.home}
          aria-label={t('console.back', { machine })}
          className="press grid size-9 shrink-0 place-items-center rounded-md text-ink-2 hover:bg-hover hover:text-ink"
        >
          <ArrowLeft aria-hidden className="size-4" />
        </Link>
      )}
      <h1 className="min-w-0 truncate font-semibold text-base">
        <bdi translate="no">{machine}</bdi>
      </h1>
      <span className="flex shrink-0 max-md:[&>span>span:last-child]:sr-only">{props.badge}</span>
      <span aria-hidden className="mx-1 h-5 w-px shrink-0 bg-line max-sm:hidden" />
      <span className="shrink-0 max-sm:hidden">{props.kinds}</span>
      <KeyboardChip state={props.keyboard} model={model} ref={props.keyboardRef} onPress={props.onKeyboard} />
      <KeyboardAct model={model} hand={props.hand} />
      <PresentPeople model={model} />
      <span className="min-w-0 flex-1" />
      <TimeLeft model={model} machine={machine} org={props.org} />
      <RoundTrip model={model} />
      <span className="contents max-lg:hidden">
        <Menu onClosed={props.onMenuClosed} trigger={<BarButton>{t('console.keys')}</BarButton>}>
          <KeyboardItems model={model} hand={props.hand} />
          {props.keys}
        </Menu>
        <Menu onClosed={props.onMenuClosed} align="end" trigger={<BarButton>{t('console.view')}</BarButton>}>
          {props.view}
        </Menu>
        {props.share !== null && (
          <Button size="bar" kind="quiet" reason={props.share.reason} onClick={props.share.onShare}>
            {t('access.share')}
          </Button>
        )}
      </span>
      <span className="contents lg:hidden">
        <Menu
          align="end"
          onClosed={props.onMenuClosed}
          trigger={
            <BarButton label={t('console.more')}>
              <Ellipsis aria-hidden className="size-4" />
            </BarButton>
          }
        >
          <KeyboardItems model={model} hand={props.hand} />
          {props.kindItems}
          {props.keys}
          <MenuLine />
          {props.view}
          {props.share !== null && (
            <>
              <MenuLine />
              <MenuItem reason={props.share.reason} onSelect={props.share.onShare}>
                {t('access.share')}
              </MenuItem>
            </>
          )}
        </Menu>
      </span>
      <Button size="bar" onClick={props.onLeave}>
        {t('console.leave')}
      </Button>
    </header>
  );
}

function BarButton({ children, label, ...rest }: { children: ReactNode; label?: string }) {
  return (
    <button
      type="button"
      aria-label={label}
      {...rest}
      className="press inline-flex min-h-8 min-w-8 items-center justify-center rounded-md px-2 text-ink-2 hover:bg-hover hover:text-ink data-[state=open]:bg-hover"
    >
      {children}
    </button>
  );
}

/** Nobody is there without being told apart: guests, and the provider's support. */
function presentWord({ guest, support }: ConsoleModel['seats'][number]) {
  if (guest === true) return 'console.presentGuest';
  return support === true ? 'console.presentSupport' : 'console.present';
}

function PresentPeople({ model }: { model: ConsoleModel }) {
  const t = useWords();
  const people = model.seats.map((seat) => {
    const does = seat.holdsKeyboard ? 'typing' : 'looking';
    return {
      id: seat.seatId,
      name: seat.name,
      typing: seat.holdsKeyboard,
      guest: seat.guest === true,
      support: seat.support === true,
      words:
        seat.seatId === model.seatId
          ? t('console.presentYou', { does })
          : t(presentWord(seat), { name: seat.name, does }),
    };
  });
  return <Presence label={t('console.presence')} people={people} />;
}

/** Counts down to the end that is near; its caption says what comes after. */
function TimeLeft({ model, machine, org }: { model: ConsoleModel; machine: string; org: string }) {
  const t = useWords();
  const left = nextEnd(model, useNow(model.endsAt !== null || model.maximum !== null));
  if (left === null) return null;
  const after =
    left.why === 'access'
      ? t('console.leftAccess', { machine })
      : t('end.max-soon.sentence', { org, ...longestTime(model.maximumTimeMs) });
  return (
    <Caption text={after}>
      <button
        type="button"
        className="tabular shrink-0 cursor-default rounded-sm bg-warn-soft px-2 text-warn text-xs"
      >
        {t('console.minutesLeft', { m: left.minutes })}
      </button>
    </Caption>
  );
}

/** Below these the line feels immediate, and usable. */
const QUICK_MS = 60;
const USABLE_MS = 180;

function RoundTrip({ model }: { model: ConsoleModel }) {
  const t = useWords();
  const ms = model.phase === 'open' ? model.roundTripMs : null;
  if (ms === null) return null;
  const bars = ms < QUICK_MS ? 3 : ms < USABLE_MS ? 2 : 1;
  return (
    <Caption text={t('console.msLabel', { ms })}>
      <button
        type="button"
        className="tabular flex shrink-0 cursor-default items-center gap-2 rounded-sm px-1 text-ink-2 text-xs max-md:hidden"
      >
        <span aria-hidden className="flex items-end gap-0.5">
          {[1, 2, 3].map((bar) => (
            <span
              key={bar}
              className={classNames('w-0.5 bg-current', bar > bars && 'opacity-30')}
              style={{ height: bar * 4 }}
            />
          ))}
        </span>
        {t('console.ms', { ms })}
      </button>
    </Caption>
  );
}
