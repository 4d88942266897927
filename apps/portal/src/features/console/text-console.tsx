'use client';

import '@xterm/xterm/css/xterm.css';
import { type RefObject, useEffect, useRef, useState } from 'react';
import { classNames } from '../../ui/class-names.ts';
import { useWords } from '../../words/use-words.ts';
import { CaptureFrame } from './capture-frame.tsx';
import { types } from './console-machine.ts';
import { FindBar } from './find-bar.tsx';
import type { TextViewer } from './text-viewer.ts';
import type { ConsoleSession } from './use-console-session.ts';
import type { ViewerControls } from './viewer-controls.ts';

interface TextConsoleProps {
  session: ConsoleSession;
  machine: string;
  follow: boolean;
  screenReader: boolean;
  finding: boolean;
  onFinding: (finding: boolean) => void;
  captured: boolean;
  onCapture: (focused: boolean) => void;
  onTake: (() => void) | null;
  onLeaveKeyboard: () => void;
  viewer: RefObject<ViewerControls | null>;
}

/** The machine as text, drawn by xterm.js; what was printed stays while there is no line. */
export function TextConsole(props: TextConsoleProps) {
  const t = useWords();
  const { session, machine, viewer, follow, screenReader, onFinding } = props;
  const { model, channel, viewerUp } = session;
  const host = useRef<HTMLDivElement>(null);
  const [text, setText] = useState<TextViewer | null>(null);
  const [printed, setPrinted] = useState(false);
  const typing = types(model);
  const live = model.phase === 'open';
  const stale = !live && model.hadPicture;

  useEffect(() => {
    const target = host.current;
    if (target === null) return;
    let open = true;
    let created: TextViewer | null = null;
    void import('./text-viewer.ts').then(({ TextViewer: Viewer }) => {
      if (!open) return;
      created = new Viewer(target, { typing: false, screenReader: false });
      setText(created);
    });
    return () => {
      open = false;
      created?.close();
      setText(null);
    };
  }, []);

  useEffect(() => {
    if (text === null || channel === null) return;
    const detach = text.attach(channel, t('console.away'), () => {
      setPrinted(true);
      viewerUp();
    });
    return detach;
  }, [text, channel, viewerUp, t]);

  useEffect(() => {
    if (text !== null) text.typing = typing && live && model.paused === null;
  }, [text, typing, live, model.paused]);
  useEffect(() => {
    if (text !== null) text.follow = follow;
  }, [text, follow]);
  useEffect(() => {
    if (text !== null) text.screenReader = screenReader;
  }, [text, screenReader]);

  useEffect(() => {
    viewer.current = text === null ? null : controlsOf(text);
    if (text !== null && live && typing && document.activeElement === document.body) text.focus();
  }, [text, viewer, live, typing]);

  return (
    <CaptureFrame
      label={t('console.textOf', { machine })}
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
        onKeyDownCapture={(event) => {
          if (!event.ctrlKey || !event.shiftKey || event.altKey) return;
          if (event.code === 'KeyF') onFinding(true);
          else if (event.code === 'KeyC' && text !== null) void navigator.clipboard.writeText(text.selection);
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
        className={classNames(
          'absolute inset-0 flex justify-center overflow-x-auto p-2 font-mono',
          stale && 'opacity-55',
        )}
      >
        <div ref={host} className="h-full w-full [&_.xterm]:mx-auto [&_.xterm]:w-fit" />
      </div>
      {live && !printed && (
        <p className="pointer-events-none absolute inset-x-0 top-1/3 grid gap-1 text-center text-ink-2">
          <span>{t('console.empty')}</span>
          {typing && <span className="text-sm">{t('console.emptyHint')}</span>}
        </p>
      )}
      {props.finding && (
        <FindBar
          onFind={(words, direction) => text?.find(words, direction) ?? false}
          onClose={() => {
            onFinding(false);
            text?.focus();
          }}
        />
      )}
      {follow && text !== null && (
        <p className="absolute end-2 bottom-2 rounded-sm bg-surface px-2 py-1 text-ink-2 text-xs">
          {t('console.followHint', text.size)}
        </p>
      )}
    </CaptureFrame>
  );
}

const DELETE = '\u001b[3~';

function controlsOf(text: TextViewer): ViewerControls {
  return {
    focus: () => text.focus(),
    blur: () => text.blur(),
    // A terminal sends characters, not held keys: there is nothing to let go.
    releaseKeys: () => undefined,
    sendCtrlAltDel: () => text.send(DELETE),
    sendKeys: () => undefined,
    savePicture: () => undefined,
  };
}
