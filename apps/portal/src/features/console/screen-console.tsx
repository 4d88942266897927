'use client';

import { type RefObject, useEffect, useRef, useState } from 'react';
import { classNames } from '../../ui/class-names.ts';
import { useAnnounce } from '../../ui/live-region.tsx';
import { saveFile } from '../../ui/save-file.ts';
import { useWords } from '../../words/use-words.ts';
import { CaptureFrame } from './capture-frame.tsx';
import { copiesFromGuest, types } from './console-machine.ts';
import type { ScreenViewer } from './screen-viewer.ts';
import type { ConsoleSession } from './use-console-session.ts';
import type { ViewerControls } from './viewer-controls.ts';

interface ScreenConsoleProps {
  session: ConsoleSession;
  machine: string;
  fit: boolean;
  /** Text that the machine copies goes to this computer. */
  copying: boolean;
  captured: boolean;
  onCapture: (focused: boolean) => void;
  onTake: (() => void) | null;
  onLeaveKeyboard: () => void;
  viewer: RefObject<ViewerControls | null>;
}

/** The machine's picture, painted by noVNC; the last one stays while there is no line (design §6). */
export function ScreenConsole(props: ScreenConsoleProps) {
  const t = useWords();
  const announce = useAnnounce();
  const { session, machine, fit, viewer } = props;
  const { model, channel, viewerUp } = session;
  const host = useRef<HTMLDivElement>(null);
  const [screen, setScreen] = useState<ScreenViewer | null>(null);
  const [lastPicture, setLastPicture] = useState<string | null>(null);
  const [size, setSize] = useState<{ width: number; height: number } | null>(null);
  const typing = types(model);
  const stale = model.phase !== 'open' && model.hadPicture;

  const clipboard = useRef<(text: string) => void>(() => undefined);
  clipboard.current = (text) => {
    if (!props.copying || !copiesFromGuest(model)) return;
    void takeText(text).then((taken) =>
      announce(
        taken
          ? t('console.clipboard.copied', { n: text.length, machine })
          : t('console.clipboard.tooLong', { machine }),
      ),
    );
  };

  useEffect(() => {
    const target = host.current;
    if (channel === null || target === null) return;
    let open = true;
    let shown: ScreenViewer | null = null;
    void import('./screen-viewer.ts').then(({ ScreenViewer: Viewer }) => {
      if (!open) return;
      const created = new Viewer(target, channel, {
        onUp: viewerUp,
        onSize: (width, height) => setSize({ width, height }),
        onClipboard: (text) => clipboard.current(text),
      });
      shown = created;
      channel.onending = () => setLastPicture(created.snapshot());
      setScreen(created);
    });
    return () => {
      open = false;
      channel.onending = null;
      if (channel.readyState === 1) shown?.close();
      setScreen(null);
    };
  }, [channel, viewerUp]);

  useEffect(() => {
    if (screen !== null) screen.viewOnly = !typing || model.paused !== null;
  }, [screen, typing, model.paused]);
  useEffect(() => {
    if (screen !== null) screen.fit = fit;
  }, [screen, fit]);

  useEffect(() => {
    viewer.current = screen === null ? null : controlsOf(screen, machine);
  }, [screen, viewer, machine]);

  useTakesKeyboard(model.phase === 'open' && typing, screen);

  return (
    <CaptureFrame
      label={
        size === null
          ? t('console.screenOf', { machine })
          : t('console.screenSized', { machine, width: size.width, height: size.height })
      }
      machine={machine}
      typing={typing}
      onTake={props.onTake}
      captured={props.captured}
      stale={stale}
      viewer={viewer}
      onCapture={props.onCapture}
      onLeaveKeyboard={props.onLeaveKeyboard}
    >
      <div
        ref={host}
        data-testid="console-canvas-host"
        className={classNames('absolute inset-0', stale && 'opacity-55')}
      />
      {lastPicture !== null && model.phase !== 'open' && model.phase !== 'redialling' && (
        // biome-ignore lint/performance/noImgElement: a picture out of memory, of no use to an optimiser
        <img src={lastPicture} alt="" className="absolute inset-0 size-full object-contain opacity-55" />
      )}
    </CaptureFrame>
  );
}

/** With `type`, opening captures at once; coming back takes the focus only if nothing else has it. */
function useTakesKeyboard(ready: boolean, screen: ScreenViewer | null): void {
  const done = useRef<ScreenViewer | null>(null);
  useEffect(() => {
    if (!ready || screen === null || done.current === screen) return;
    done.current = screen;
    if (document.activeElement === null || document.activeElement === document.body) screen.focus();
  }, [ready, screen]);
}

function controlsOf(screen: ScreenViewer, machine: string): ViewerControls {
  return {
    focus: () => screen.focus(),
    blur: () => screen.blur(),
    releaseKeys: () => screen.releaseKeys(),
    sendCtrlAltDel: () => screen.sendCtrlAltDel(),
    sendKeys: (keys) => screen.sendKeys(keys),
    savePicture: () => {
      void screen.picture().then((blob) => {
        if (blob !== null) saveFile(`${machine}.png`, blob);
      });
    },
  };
}

async function takeText(text: string): Promise<boolean> {
  const { MAX_CLIPBOARD_CHARACTERS } = await import('./screen-viewer.ts');
  if (text.length > MAX_CLIPBOARD_CHARACTERS) return false;
  await navigator.clipboard.writeText(text);
  return true;
}
