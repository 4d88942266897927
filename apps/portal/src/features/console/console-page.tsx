'use client';

import { ACTS_OF_ROLE } from '@porthole/rbac';
import type { ConsoleKind } from '@porthole/relay-contract';
import { useQuery } from '@tanstack/react-query';
import { useParams, useRouter, useSearchParams } from 'next/navigation';
import { lazy, Suspense, useEffect, useState } from 'react';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { LinkButton } from '../../ui/link-button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { useWords } from '../../words/use-words.ts';
import { useOrganisation } from '../account/use-me.ts';
import { useLiveChanges } from '../live/use-live-changes.ts';
import { NothingHere } from '../navigation/nothing-here.tsx';
import { QueryFault } from '../navigation/query-fault.tsx';
import { actToRun } from '../power/possible-acts.ts';
import { AskAccess } from '../requests/ask-access.tsx';
import { hindranceOf } from './before-open.ts';
import { OpenConsole } from './open-console.tsx';
import { consoleAddress } from './open-console-button.tsx';
import { preloadConsole } from './preload-console.ts';

/** Loaded where the machine has to start first. */
const OfferAct = lazy(() => import('../power/offer-act.tsx').then((file) => ({ default: file.OfferAct })));

/** The page of a console: always dark, no navigation, the machine's picture the largest thing (design §6). */
export function ConsolePage({ kind }: { kind: ConsoleKind | null }) {
  const t = useWords();
  const { org, id } = useParams<{ org: string; id: string }>();
  const router = useRouter();
  const lookOnly = useSearchParams().get('mode') === 'look';
  const trpc = useTRPC();
  const machine = useQuery(trpc.machines.get.queryOptions({ org, id }));
  const organisation = useOrganisation(org);
  useLiveChanges(org, machine.data !== undefined);
  const [opening, setOpening] = useState(0);
  const [begun, setBegun] = useState<string | null>(null);

  useEffect(() => {
    if (kind !== null) preloadConsole(kind);
  }, [kind]);

  const best = machine.data?.consoles.find((choice) => choice.best)?.kind ?? 'screen';
  useEffect(() => {
    if (kind === null && machine.data !== undefined) router.replace(consoleAddress(org, id, best, lookOnly));
  }, [kind, machine.data, best, org, id, lookOnly, router]);

  const frame = 'console fixed inset-0 flex flex-col bg-canvas text-ink';
  // A console that is there says itself how it ends: what is read of its machine meanwhile takes it from nobody.
  const console = `${kind}-${lookOnly}-${opening}`;
  if (machine.isError && (machine.data === undefined || begun !== console)) {
    const error = apiErrorOf(machine.error);
    return (
      <div className={frame}>
        <main className="mx-auto w-full max-w-[68ch] px-4">
          {error.code.endsWith('/not-found') || error.code === 'request/unreadable' ? (
            <NothingHere href={`/o/${org}/machines`} />
          ) : (
            <QueryFault error={error} onRetry={() => void machine.refetch()} />
          )}
        </main>
      </div>
    );
  }
  if (machine.data === undefined || kind === null)
    return (
      <div className={frame}>
        <div className="h-11 border-b bg-surface" />
        <h1 className="sr-only">{t('app.loading')}</h1>
      </div>
    );
  const data = machine.data;
  const hindrance = opening === 0 && begun !== console ? hindranceOf(data, kind, t) : null;
  const leads = hindrance?.act === 'machines' || hindrance?.act === 'lock';
  const readsLocks = organisation !== null && ACTS_OF_ROLE[organisation.role].includes('locks.read');
  const power = hindrance?.act === 'check' ? actToRun(data) : null;
  const typing = data.rights.includes('type') && !lookOnly;
  return (
    <div className={frame}>
      <title>{t('console.title', { machine: data.name, kind, org: organisation?.name ?? org })}</title>
      {hindrance !== null ? (
        <main
          data-testid="console-state"
          data-state="not-opened"
          className="mx-auto w-full max-w-[68ch] px-4"
        >
          <Notice level={1} title={hindrance.title} sentence={hindrance.sentence}>
            {hindrance.act === 'other-kind' && (
              <LinkButton
                kind="primary"
                href={consoleAddress(org, id, kind === 'screen' ? 'text' : 'screen', lookOnly)}
              >
                {hindrance.button}
              </LinkButton>
            )}
            {power !== null && (
              <Suspense>
                <OfferAct org={org} machine={data} act={power} kind="primary" />
              </Suspense>
            )}
            {hindrance.act === 'check' && (
              <Button kind={power === null ? 'primary' : 'plain'} onClick={() => void machine.refetch()}>
                {hindrance.button}
              </Button>
            )}
            {hindrance.act === 'lock' && readsLocks && (
              <LinkButton href={`/o/${org}/settings/lock`}>{hindrance.button}</LinkButton>
            )}
            {hindrance.act === 'machines' && <AskAccess org={org} vmId={id} machine={data.name} />}
            <LinkButton kind={leads ? 'primary' : 'plain'} href={`/o/${org}/machines`}>
              {t('open.not-found.button', { place: 'machines' })}
            </LinkButton>
          </Notice>
        </main>
      ) : (
        <OpenConsole
          key={console}
          onBegin={() => setBegun(console)}
          org={org}
          orgName={organisation?.name ?? org}
          viewer={organisation?.kind === 'provider' ? 'provider' : 'customer'}
          machine={data}
          kind={kind}
          mode={typing ? 'type' : 'look'}
          chosenMode={lookOnly ? 'look' : 'type'}
          onAgain={() => {
            void machine.refetch();
            setOpening((count) => count + 1);
          }}
        />
      )}
    </div>
  );
}
