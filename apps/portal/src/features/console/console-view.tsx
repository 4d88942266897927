'use client';

import type { ConsoleKind } from '@porthole/relay-contract';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { PortalHost } from '../../ui/portal-host.tsx';
import { useWords } from '../../words/use-words.ts';
import { ConnectSteps } from './connect-steps.tsx';
import { ConsoleBar, type ShareWay } from './console-bar.tsx';
import { keyboardPlace } from './console-keyboard.ts';
import { type ConsoleModel, copiesFromGuest, nameOf, types } from './console-machine.ts';
import { KeysMenu, ViewMenu, type ViewSettings } from './console-menus.tsx';
import { ConsoleStrip } from './console-strip.tsx';
import { keyboardState } from './keyboard-chip.tsx';
import { KeyboardStrip } from './keyboard-strip.tsx';
import { keyboardWay } from './keyboard-way.ts';
import { ScreenConsole } from './screen-console.tsx';
import { SoftKeys } from './soft-keys.tsx';
import { TextConsole } from './text-console.tsx';
import { useAnnouncements } from './use-announcements.ts';
import type { ConsoleSession } from './use-console-session.ts';
import { useFullScreen } from './use-full-screen.ts';
import { useKeyboardAnnouncements } from './use-keyboard-announcements.ts';
import { useKeyboardHand } from './use-keyboard-hand.ts';
import type { ViewerControls } from './viewer-controls.ts';

interface ConsoleViewProps {
  session: ConsoleSession;
  kind: ConsoleKind;
  /** Name of the machine. */
  machine: string;
  orgName: string;
  /** The machine's page; null for who may see no other page. */
  home: string | null;
  badge: ReactNode;
  kinds: ReactNode;
  kindItems: ReactNode;
  /** What the person asked for, which the access may not give. */
  chosenMode: 'look' | 'type';
  /** How others are let in from here; null where there is no such way. */
  share: ShareWay | null;
  /** Under the bar: what concerns who comes to this console, and by what. */
  strips?: ReactNode;
  /** What stands in its place when it is over. */
  ended: (end: NonNullable<ConsoleModel['end']>) => ReactNode;
}

/** One live console: bar, strips, picture. Who sits at it, and how they got their pass, is the caller's. */
export function ConsoleView(props: ConsoleViewProps) {
  const t = useWords();
  const { session, kind, machine, chosenMode } = props;
  const { model, leave, stay } = session;
  const [root, setRoot] = useState<HTMLDivElement | null>(null);
  const rootRef = useRef<HTMLDivElement>(null);
  const viewer = useRef<ViewerControls | null>(null);
  const chip = useRef<HTMLButtonElement>(null);
  const [focused, setFocused] = useState(false);
  const hand = useKeyboardHand(session, viewer);
  const composing = useRef(false);
  composing.current = hand.composing;
  const has = types(model);
  const captured = focused && has;
  const [finding, setFinding] = useState(false);
  const [settings, setSettings] = useState<Omit<ViewSettings, 'full'>>({
    fit: true,
    copying: false,
    follow: false,
    screenReader: false,
  });
  const [full, toggleFull] = useFullScreen(rootRef);
  useAnnouncements(model, machine);
  useKeyboardAnnouncements(model, machine);
  useStaysBy(model.idleClosesAt !== null, stay);
  useAsksBeforeClosing(captured && model.phase === 'open');

  if (model.phase === 'ended' && model.end !== null) return props.ended(model.end);

  const keysReason = keysReasonOf(model, machine, chosenMode, t);
  const free = model.rights.includes('type') && keyboardPlace(model.keyboard, model.seatId) === 'nobody';
  const leaveKeyboard = () => {
    viewer.current?.blur();
    chip.current?.focus();
  };
  const shared = {
    session,
    machine: machine,
    captured,
    onCapture: setFocused,
    onTake: free && model.phase === 'open' ? () => hand.take('') : null,
    onLeaveKeyboard: () => chip.current?.focus(),
    viewer,
  };
  return (
    <PortalHost value={root}>
      <div
        ref={(element) => {
          rootRef.current = element;
          setRoot(element);
        }}
        className="console relative flex min-h-0 flex-1 flex-col bg-canvas"
      >
        <ConsoleBar
          model={model}
          machine={machine}
          org={props.orgName}
          home={props.home}
          badge={props.badge}
          keyboard={keyboardState(model, captured, chosenMode)}
          keyboardRef={chip}
          hand={hand}
          onKeyboard={() => {
            const way = keyboardWay(model, Date.now());
            if (way === 'take') hand.take('');
            else if (way === 'ask') hand.compose();
            else if (has) viewer.current?.focus();
          }}
          kinds={props.kinds}
          kindItems={props.kindItems}
          keys={<KeysMenu kind={kind} viewer={viewer} reason={keysReason} onLeaveKeyboard={leaveKeyboard} />}
          view={
            <ViewMenu
              kind={kind}
              settings={{ ...settings, full }}
              viewer={viewer}
              clipboardReason={copyingReason(model, props.orgName, t)}
              onChange={(change) => setSettings((old) => ({ ...old, ...change }))}
              onFull={toggleFull}
              onFind={() => setFinding(true)}
            />
          }
          share={props.share}
          onMenuClosed={() => {
            if (composing.current) return;
            if (has && !finding) viewer.current?.focus();
            else chip.current?.focus();
          }}
          onLeave={leave}
        />
        <ConsoleStrip session={session} machine={machine} org={props.orgName} />
        {props.strips}
        <KeyboardStrip model={model} machine={machine} hand={hand} />
        <main data-testid="console-state" data-state={model.phase} className="relative flex min-h-0 flex-1">
          {kind === 'screen' ? (
            <ScreenConsole {...shared} fit={settings.fit} copying={settings.copying} />
          ) : (
            <TextConsole
              {...shared}
              follow={settings.follow}
              screenReader={settings.screenReader}
              finding={finding}
              onFinding={setFinding}
            />
          )}
          <ConnectSteps model={model} onCancel={leave} />
        </main>
        {kind === 'screen' && model.phase === 'open' && has && <SoftKeys viewer={viewer} />}
      </div>
    </PortalHost>
  );
}

/** Why no key of the menu may be sent now; null where it may. */
function keysReasonOf(
  model: ConsoleModel,
  machine: string,
  chosenMode: 'look' | 'type',
  t: ReturnType<typeof useWords>,
): string | null {
  if (model.phase !== 'open') return t('console.disabled.notLive');
  if (!model.rights.includes('type'))
    return t(chosenMode === 'look' ? 'console.disabled.mode' : 'console.disabled.noType', { machine });
  if (types(model)) return null;
  return model.keyboard.holder === null
    ? t('console.disabled.nobody')
    : t('console.disabled.theirs', { person: nameOf(model, model.keyboard.holder) });
}

/** Why nothing can be copied out of the machine; null where it can. */
function copyingReason(model: ConsoleModel, org: string, t: ReturnType<typeof useWords>): string | null {
  if (!model.rights.includes('clipboard')) return t('console.clipboard.off');
  if (copiesFromGuest(model)) return null;
  return `${t('seat.clipboard.title', { direction: 'from' })}. ${t('seat.clipboard.sentence', { org })}`;
}

/** While the idle countdown runs, any key or pointer counts as staying. */
function useStaysBy(counting: boolean, stay: () => void): void {
  useEffect(() => {
    if (!counting) return;
    document.addEventListener('keydown', stay, true);
    document.addEventListener('pointerdown', stay, true);
    return () => {
      document.removeEventListener('keydown', stay, true);
      document.removeEventListener('pointerdown', stay, true);
    };
  }, [counting, stay]);
}

/** Closing the tab while one holds the keyboard asks once: Ctrl+W is meant for the machine. */
function useAsksBeforeClosing(holds: boolean): void {
  useEffect(() => {
    if (!holds) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [holds]);
}
