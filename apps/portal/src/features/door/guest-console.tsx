'use client';

import { type ConsoleKind, LIMITS } from '@porthole/relay-contract';
import { useEffect, useMemo, useRef, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { clockTime } from '../../ui/format-time.ts';
import { LiveRegions } from '../../ui/live-region.tsx';
import { useWords } from '../../words/use-words.ts';
import type { ConsoleEnd } from '../console/console-end.ts';
import type { ConsoleModel } from '../console/console-machine.ts';
import { ConsoleView } from '../console/console-view.tsx';
import { endWords } from '../console/end-words.ts';
import { useConsoleSession } from '../console/use-console-session.ts';
import { LinkFrame } from '../links/link-frame.tsx';
import { useCall } from '../links/use-call.ts';
import { guestPasses } from './guest-passes.ts';
import type { ProvedDoor } from './shown-door.ts';

interface GuestConsoleProps {
  door: ProvedDoor;
  /** Asks the server where the visit stands. */
  onLook: () => Promise<void>;
}

/** The one console of a guest, and nothing around it. */
export function GuestConsole({ door, onLook }: GuestConsoleProps) {
  const t = useWords();
  const [opening, setOpening] = useState(0);
  const { kind, machine, org } = door;
  if (kind === null)
    return (
      <LinkFrame title={t('door.noConsole.title', { machine })} sentence={t('door.noConsole.sentence')}>
        <Button kind="primary" onClick={() => void onLook()}>
          {t('app.retry')}
        </Button>
      </LinkFrame>
    );
  return (
    <LiveRegions>
      <title>{t('console.title', { machine, kind, org })}</title>
      <div className="console fixed inset-0 flex flex-col bg-canvas text-ink">
        <Opened
          key={opening}
          door={door}
          kind={kind}
          onLook={onLook}
          onAgain={() => setOpening((count) => count + 1)}
        />
      </div>
    </LiveRegions>
  );
}

function Opened({
  door,
  kind,
  onLook,
  onAgain,
}: GuestConsoleProps & { kind: ConsoleKind; onAgain: () => void }) {
  const t = useWords();
  const passes = useMemo(guestPasses, []);
  const session = useConsoleSession(kind, passes);
  return (
    <ConsoleView
      session={session}
      kind={kind}
      machine={door.machine}
      orgName={door.org}
      home={null}
      badge={<span className="text-ink-2 text-xs">{t('guests.mark')}</span>}
      kinds={null}
      kindItems={null}
      share={null}
      chosenMode="type"
      ended={(end) => <Ended door={door} model={session.model} end={end} onLook={onLook} onAgain={onAgain} />}
    />
  );
}

/** Ends that leave the visit as it is: the guest may open the console again. */
const GOES_ON: readonly string[] = [
  'left',
  'idle',
  'maximumTime',
  'stalled',
  'guestOff',
  'relayFull',
  'hostLost',
];

function Ended({
  door,
  model,
  end,
  onLook,
  onAgain,
}: GuestConsoleProps & { model: ConsoleModel; end: ConsoleEnd; onAgain: () => void }) {
  const t = useWords();
  const { busy, call } = useCall();
  const heading = useRef<HTMLHeadingElement>(null);
  const goesOn = end.cause !== 'closed' || GOES_ON.includes(end.kind);
  useEffect(() => heading.current?.focus(), []);
  // What ended the access ended the visit, and its own page says when.
  const isOver = end.cause === 'closed' && (end.kind === 'withdrawn' || end.kind === 'accessEnded');
  useEffect(() => {
    if (isOver) void onLook();
  }, [isOver, onLook]);
  const told = model.accessChanged;
  const words = endWords(end, {
    t,
    machine: door.machine,
    org: door.org,
    kind: model.kind,
    viewer: 'customer',
    // Whose lock it is, is none of a guest's affair.
    lock: null,
    time: clockTime(new Date(told?.at ?? model.endedAt ?? 0)),
    by: told?.by ?? null,
    reason: told?.reason ?? '',
    state: '',
    idleMinutes: Math.round((model.idleTimeoutMs ?? LIMITS.idleTimeoutMs) / 60_000),
    maximumTimeMs: model.maximumTimeMs,
    seatsOfPerson: 2,
  });
  const leave = async () => {
    await call('door.leave', {});
    await onLook();
  };
  return (
    <main
      data-testid="console-state"
      data-state="ended"
      className="mx-auto w-full max-w-[640px] overflow-y-auto px-4 py-12"
    >
      <h1 ref={heading} tabIndex={-1} className="font-semibold text-2xl outline-none">
        {words.title}
      </h1>
      <p className="max-w-[68ch] pt-2 text-ink-2">{words.sentence}</p>
      <div className="flex flex-wrap gap-2 pt-6">
        {goesOn && (
          <Button kind="primary" onClick={onAgain}>
            {t('door.again')}
          </Button>
        )}
        <Button busy={busy ? t('door.ending') : null} onClick={() => void leave()}>
          {t('door.end')}
        </Button>
      </div>
    </main>
  );
}
