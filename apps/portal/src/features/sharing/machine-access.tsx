'use client';

import { useQuery } from '@tanstack/react-query';
import { useRouter, useSearchParams } from 'next/navigation';
import { lazy, Suspense } from 'react';
import type { GrantRow } from '../../server/grants/list-grants.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { Cell, type Column, Table } from '../../ui/table.tsx';
import { useWords } from '../../words/use-words.ts';
import { useOrganisation } from '../account/use-me.ts';
import { GuestLinks } from '../guests/guest-links.tsx';
import { useMachine } from '../machines/use-machine.ts';
import { QueryFault } from '../navigation/query-fault.tsx';
import { AskAccess } from '../requests/ask-access.tsx';
import { giftWord } from './gift-word.ts';
import { GrantEnd } from './grant-parts.tsx';
import { useEndGrant } from './use-end-grant.ts';

/** Loaded when somebody shares. */
const ShareDialog = lazy(() => import('./share-dialog.tsx').then((file) => ({ default: file.ShareDialog })));

const SKELETON_ROWS = 3;

/** Who can reach one machine, and because of which grant; shared and taken back here. */
export function MachineAccess() {
  const t = useWords();
  const router = useRouter();
  const asked = useSearchParams();
  const [sharing, makesGuest] = [asked.has('share'), asked.has('guest')];
  const { org, id, query } = useMachine();
  const organisation = useOrganisation(org);
  const trpc = useTRPC();
  const grants = useQuery(trpc.grants.list.queryOptions({ org, vmId: id }));
  const machine = query.data;
  if (machine === undefined) return null;
  const address = `/o/${org}/machines/${id}/access`;
  const mayShare = machine.rights.includes('share');
  const people = machine.access.sharers.join(', ');
  const noShare = mayShare ? null : t('access.noShare', { names: people === '' ? 'none' : 'some', people });
  const share = (kind: 'plain' | 'primary') => (
    <Button
      kind={kind}
      aria-label={t('access.shareOf', { machine: machine.name })}
      reason={noShare}
      onClick={() => router.push(`${address}?share=1`, { scroll: false })}
    >
      {t('access.share')}
    </Button>
  );
  return (
    <section>
      <div className="flex flex-wrap items-center justify-between gap-4 pb-4">
        <div className="grid gap-1">
          <h2 className="font-medium text-lg">{t('access.title', { machine: machine.name })}</h2>
          <p className="text-ink-2 text-sm">{t('access.standing', { org: organisation?.name ?? org })}</p>
        </div>
        <div className="flex flex-wrap items-center gap-2">
          <AskAccess org={org} vmId={id} machine={machine.name} />
          {(grants.data?.length ?? 0) > 0 && share('plain')}
        </div>
      </div>
      {grants.data !== undefined ? (
        grants.data.length === 0 ? (
          <EmptyState
            title={t('access.none.title')}
            sentence={t('access.none.sentence', { machine: machine.name })}
          >
            {share('plain')}
          </EmptyState>
        ) : (
          <GrantTable org={org} grants={grants.data} />
        )
      ) : grants.isError ? (
        <QueryFault error={apiErrorOf(grants.error)} onRetry={() => void grants.refetch()} />
      ) : (
        <SkeletonRows rows={SKELETON_ROWS} columns={['25%', '12%', '12%', '30%']} />
      )}
      <GuestLinks
        org={org}
        vmId={id}
        machine={machine.name}
        reason={noShare}
        making={makesGuest}
        onMake={() => router.push(`${address}?guest=1`, { scroll: false })}
        onMade={() => router.replace(address, { scroll: false })}
      />
      <Suspense>
        {sharing && mayShare && (
          <ShareDialog
            org={org}
            machines={[machine]}
            onClose={() => router.replace(address, { scroll: false })}
            onGuest={() => router.replace(`${address}?guest=1`, { scroll: false })}
          />
        )}
      </Suspense>
    </section>
  );
}

interface GrantTableProps {
  org: string;
  grants: readonly GrantRow[];
}

function GrantTable({ org, grants }: GrantTableProps) {
  const t = useWords();
  const columns: readonly Column[] = [
    { key: 'person', label: t('access.person'), width: 'minmax(9rem,1.2fr)' },
    { key: 'role', label: t('access.role'), width: '6rem' },
    { key: 'until', label: t('access.until'), width: 'minmax(7rem,.8fr)' },
    { key: 'why', label: t('access.because'), width: 'minmax(8rem,1.4fr)', from: 'lg' },
    { key: 'by', label: t('access.by'), width: 'minmax(7rem,.8fr)', from: 'xl' },
    { key: 'end', label: t('access.end'), width: '6rem', hideLabel: true },
  ];
  return (
    <Table label={t('machine.access')} columns={columns} rows={grants} rowKey={(grant) => grant.id}>
      {(grant) => <GrantCells org={org} grant={grant} />}
    </Table>
  );
}

function GrantCells({ org, grant }: { org: string; grant: GrantRow }) {
  const t = useWords();
  const who = grant.person?.name ?? t('access.team', { team: grant.team?.name ?? '' });
  const { end, busy } = useEndGrant(org, grant, who);
  return (
    <>
      <Cell className="max-sm:flex-1">
        <bdi translate="no" className="block truncate font-medium">
          {who}
        </bdi>
        {grant.target.kind !== 'vm' && (
          <span className="block truncate text-ink-2 text-xs">
            {t('access.target', {
              target: grant.target.kind,
              tag: grant.target.kind === 'tag' ? grant.target.tag : '',
            })}
          </span>
        )}
        <span className="block truncate text-ink-2 text-xs lg:hidden">{grant.reason}</span>
      </Cell>
      <Cell>{giftWord(grant, t)}</Cell>
      <Cell className="text-ink-2">
        <GrantEnd endsAt={grant.endsAt} />
      </Cell>
      <Cell from="lg" className="truncate text-ink-2">
        <bdi>{grant.reason === '' ? t('app.none') : grant.reason}</bdi>
      </Cell>
      <Cell from="xl" className="truncate text-ink-2">
        <bdi translate="no">{grant.givenBy ?? t('app.none')}</bdi>
      </Cell>
      <Cell className="flex justify-end">
        <Button
          kind="quiet"
          size="small"
          aria-label={t('access.endFor', { person: who })}
          reason={grant.mayEnd ? null : t('access.endRefused')}
          busy={busy ? t('access.end') : null}
          onClick={end}
        >
          {t('access.end')}
        </Button>
      </Cell>
    </>
  );
}
