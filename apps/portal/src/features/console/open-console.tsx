'use client';

import type { ConsoleKind } from '@porthole/relay-contract';
import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import type { Machine } from '../../server/machines/get-machine.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPCClient } from '../../trpc/trpc-provider.tsx';
import { useWords } from '../../words/use-words.ts';
import { useStaysSignedOut } from '../account/signed-out-guard.tsx';
import { DoorStrip } from '../guests/door-strip.tsx';
import { MachineBadge } from '../machines/machine-badge.tsx';
import { stateWord } from '../machines/machine-state.ts';
import { ConsoleRequest } from '../requests/console-request.tsx';
import { EmergencyBanner } from '../requests/emergency-banner.tsx';
import { SupportBanner } from '../support/support-banner.tsx';
import { ConsoleView } from './console-view.tsx';
import { EndPage } from './end-page.tsx';
import type { EndContext } from './end-words.ts';
import { KindItems, KindSwitch } from './kind-switch.tsx';
import { useConsoleSession } from './use-console-session.ts';

/** Loaded when somebody shares. */
const ShareDialog = lazy(() =>
  import('../sharing/share-dialog.tsx').then((file) => ({ default: file.ShareDialog })),
);

/** Loaded where the machine went off. */
const OfferAct = lazy(() => import('../power/offer-act.tsx').then((file) => ({ default: file.OfferAct })));

interface OpenConsoleProps {
  org: string;
  orgName: string;
  viewer: EndContext['viewer'];
  machine: Machine;
  kind: ConsoleKind;
  mode: 'look' | 'type';
  /** What the person asked for, which the access may not give. */
  chosenMode: 'look' | 'type';
  onBegin: () => void;
  onAgain: () => void;
}

/** One console of somebody who is signed in, from its pass to its receipt. */
export function OpenConsole(props: OpenConsoleProps) {
  const t = useWords();
  const { org, machine, kind } = props;
  // Fewer rights narrow the seat that is there; only who came to look and may type now needs another one.
  const [mode, setMode] = useState(props.mode);
  if (props.mode === 'type' && mode === 'look') setMode('type');
  const api = useTRPCClient();
  const vmId = machine.id;
  const passes = useMemo(
    () => ({
      ask: () => api.console.open.mutate({ org, vmId, kind, mode }),
      outcome: (ticketId: string) =>
        api.console.outcome.query({ org, ticketId }).then(({ outcome }) => outcome),
      readError: apiErrorOf,
    }),
    [api, org, vmId, kind, mode],
  );
  const session = useConsoleSession(kind, passes);
  useStaysSignedOut();
  const { onBegin } = props;
  useEffect(() => onBegin(), [onBegin]);
  const { model } = session;
  const looksUnasked =
    model.phase === 'open' && !model.rights.includes('type') && props.chosenMode === 'type';
  const [sharing, setSharing] = useState(false);
  const mayShare = machine.rights.includes('share');
  const people = machine.access.sharers.join(', ');
  const kinds = { org, machine, kind, lookOnly: props.chosenMode === 'look' };
  return (
    <ConsoleView
      session={session}
      kind={kind}
      machine={machine.name}
      orgName={props.orgName}
      home={`/o/${org}/machines/${machine.id}`}
      badge={<MachineBadge machine={machine} className="text-xs" />}
      kinds={<KindSwitch {...kinds} />}
      kindItems={<KindItems {...kinds} />}
      chosenMode={props.chosenMode}
      share={{
        reason: mayShare ? null : t('access.noShare', { names: people === '' ? 'none' : 'some', people }),
        onShare: () => setSharing(true),
      }}
      strips={
        <>
          <SupportBanner org={org} />
          <EmergencyBanner org={org} vmId={machine.id} />
          {mayShare && <DoorStrip org={org} vmId={machine.id} place="console" />}
          {looksUnasked && <ConsoleRequest org={org} vmId={machine.id} machine={machine.name} />}
          {sharing && mayShare && (
            <Suspense>
              <ShareDialog org={org} machines={[machine]} onClose={() => setSharing(false)} />
            </Suspense>
          )}
        </>
      }
      ended={(end) => (
        <EndPage
          org={org}
          orgName={props.orgName}
          vmId={machine.id}
          machine={machine.name}
          state={stateWord(machine, t)}
          lock={machine.lock}
          viewer={props.viewer}
          model={model}
          end={end}
          onAgain={props.onAgain}
          start={<OfferAct org={org} machine={machine} act="start" />}
        />
      )}
    />
  );
}
