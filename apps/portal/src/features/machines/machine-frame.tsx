'use client';

import { useRouter } from 'next/navigation';
import type { ReactNode } from 'react';
import type { Machine } from '../../server/machines/get-machine.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { LinkButton } from '../../ui/link-button.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { usePageKeys } from '../../ui/page-keys.ts';
import { Bar, Skeleton } from '../../ui/skeleton.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { useWords } from '../../words/use-words.ts';
import { useOrganisation } from '../account/use-me.ts';
import { consoleAddress, OpenConsoleButton } from '../console/open-console-button.tsx';
import { DoorStrip } from '../guests/door-strip.tsx';
import { LockEntry } from '../locks/lock-entry.tsx';
import { NothingHere } from '../navigation/nothing-here.tsx';
import { QueryFault } from '../navigation/query-fault.tsx';
import { OperationLines } from '../power/operation-line.tsx';
import { PowerMenu } from '../power/power-menu.tsx';
import { EmergencyBanner } from '../requests/emergency-banner.tsx';
import { MachineBadge } from './machine-badge.tsx';
import { lastKnown, sinceWord } from './machine-state.ts';
import { useMachine } from './use-machine.ts';
import { whyNotOpen } from './why-not-open.ts';

/** Head and tabs of one machine. */
export function MachineFrame({ children }: { children: ReactNode }) {
  const t = useWords();
  const { org, id, query } = useMachine();
  const organisation = useOrganisation(org);
  const crumbs = [{ href: `/o/${org}/machines`, label: t('machines.title') }];
  const base = `/o/${org}/machines/${id}`;
  useMachineKeys(org, query.data);
  if (query.isError) {
    const error = apiErrorOf(query.error);
    // Malformed, absent and foreign look alike.
    if (error.code.endsWith('/not-found') || error.code === 'request/unreadable')
      return <NothingHere href={`/o/${org}/machines`} />;
    if (query.data === undefined)
      return (
        <>
          <PageHead crumbs={crumbs} crumbsLabel={t('nav.crumbs')} title={t('machines.title')} />
          <QueryFault error={error} onRetry={() => void query.refetch()} />
        </>
      );
  }
  const machine = query.data;
  if (machine === undefined)
    return (
      <>
        <PageHead crumbs={crumbs} crumbsLabel={t('nav.crumbs')} title={t('app.loading')} />
        <Skeleton>
          <div className="grid gap-4">
            <Bar width="30%" />
            <Bar width="60%" />
            <Bar width="45%" />
          </div>
        </Skeleton>
      </>
    );
  const mayType = machine.rights.includes('type');
  const reason = whyNotOpen(machine, t);
  const since = machine.powerState === 'Running' ? sinceWord(machine.startedAt, t) : null;
  const known = lastKnown(machine, t);
  return (
    <>
      <title>{t('app.title', { page: machine.name, org: organisation?.name ?? org })}</title>
      <PageHead
        crumbs={crumbs}
        crumbsLabel={t('nav.crumbs')}
        title={
          <bdi translate="no" className="line-clamp-2">
            {machine.name}
          </bdi>
        }
        action={
          <>
            {mayType && reason === null && (
              <LinkButton href={consoleAddress(org, machine.id, undefined, true)}>
                {t('machine.justLook')}
              </LinkButton>
            )}
            <LockEntry org={org} wish={{ scope: 'vm', id: machine.id, name: machine.name }} />
            <PowerMenu org={org} machine={machine} />
            <OpenConsoleButton
              org={org}
              vmId={machine.id}
              kindOfButton="primary"
              lookOnly={machine.rights.includes('look') && !mayType}
              reason={reason}
            >
              {t('machine.openConsole')}
            </OpenConsoleButton>
          </>
        }
      >
        <p className="flex flex-wrap items-center gap-x-4 gap-y-1 text-sm">
          <MachineBadge machine={machine} />
          {since !== null && <span className="text-ink-2">{since}</span>}
          {known !== null && <span className="text-ink-2">{known}</span>}
          <bdi translate="no" className="text-ink-2">
            {machine.poolName}
          </bdi>
        </p>
      </PageHead>
      {machine.rights.includes('share') && <DoorStrip org={org} vmId={machine.id} place="page" />}
      <OperationLines
        org={org}
        machine={machine}
        readAt={machine.unknownSince ?? new Date(query.dataUpdatedAt)}
        mayCancel={machine.rights.includes('power') || machine.rights.includes('force-power')}
      />
      <EmergencyBanner org={org} vmId={machine.id} />
      <Tabs
        label={t('machine.tabs', { machine: machine.name })}
        tabs={[
          { href: base, label: t('machine.overview') },
          { href: `${base}/access`, label: t('machine.access') },
          { href: `${base}/activity`, label: t('machine.activity') },
        ]}
      />
      <div className="pt-6">{children}</div>
    </>
  );
}

/** `o` opens the console, `s` shares (design §5). */
function useMachineKeys(org: string, machine: Machine | undefined): void {
  const t = useWords();
  const router = useRouter();
  const opens = machine !== undefined && whyNotOpen(machine, t) === null;
  const shares = machine?.rights.includes('share') === true;
  usePageKeys({
    o: opens
      ? () => router.push(consoleAddress(org, machine.id, undefined, !machine.rights.includes('type')))
      : null,
    s: shares ? () => router.push(`/o/${org}/machines/${machine.id}/access?share=1`) : null,
  });
}
