'use client';

import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { useWords } from '../../words/use-words.ts';
import { QueryFault } from '../navigation/query-fault.tsx';
import { GuestTable } from './guest-table.tsx';

/** Loaded when somebody makes one. */
const MakeGuestDialog = lazy(() =>
  import('./make-guest-dialog.tsx').then((file) => ({ default: file.MakeGuestDialog })),
);

interface GuestLinksProps {
  org: string;
  vmId: string;
  machine: string;
  /** Why no link can be made here; null where one can. */
  reason: string | null;
  making: boolean;
  onMake: () => void;
  onMade: () => void;
}

/** The guest links of one machine, under those who can reach it. */
export function GuestLinks({ org, vmId, machine, reason, making, onMake, onMade }: GuestLinksProps) {
  const t = useWords();
  const trpc = useTRPC();
  const links = useQuery(trpc.guests.list.queryOptions({ org, vmId }));
  return (
    <section className="pt-12">
      <div className="flex flex-wrap items-center justify-between gap-4 pb-4">
        <div className="grid gap-1">
          <h2 className="font-medium text-lg">{t('guests.title')}</h2>
          <p className="text-ink-2 text-sm">{t('guests.what', { machine })}</p>
        </div>
        <Button reason={reason} onClick={onMake}>
          {t('guests.make')}
        </Button>
      </div>
      {links.data !== undefined ? (
        links.data.length === 0 ? (
          <p className="text-ink-2 text-sm">{t('guests.none.here')}</p>
        ) : (
          <GuestTable org={org} rows={links.data} showMachine={false} />
        )
      ) : links.isError ? (
        <QueryFault error={apiErrorOf(links.error)} onRetry={() => void links.refetch()} />
      ) : (
        <SkeletonRows rows={2} columns={['25%', '20%', '15%']} />
      )}
      <Suspense>
        {making && reason === null && (
          <MakeGuestDialog org={org} vmId={vmId} machine={machine} onClose={onMade} />
        )}
      </Suspense>
    </section>
  );
}
