'use client';

import { ACTS_OF_ROLE } from '@porthole/rbac';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { shortTime } from '../../ui/format-time.ts';
import { LinkButton } from '../../ui/link-button.tsx';
import { useWords } from '../../words/use-words.ts';
import { useOrganisation } from '../account/use-me.ts';
import type { LockWish } from './lock-dialog.tsx';

const LockDialog = lazy(() => import('./lock-dialog.tsx').then((file) => ({ default: file.LockDialog })));

/**
 * The way to lock a person, a machine or a pool from its own page; once it is locked, the way to the lock. For who may lock
 * alone.
 */
export function LockEntry({
  org,
  wish,
  reason = null,
}: {
  org: string;
  wish: LockWish;
  /** Why it can't be locked by the reader. */
  reason?: string | null;
}) {
  const t = useWords();
  const trpc = useTRPC();
  const organisation = useOrganisation(org);
  const [asks, setAsks] = useState(false);
  const may = organisation !== null && ACTS_OF_ROLE[organisation.role].includes('locks.manage');
  const { data } = useQuery(trpc.locks.list.queryOptions({ org }, { enabled: may }));
  if (!may) return null;
  const lock = data?.live.find(({ scope, target }) => scope === wish.scope && target.id === wish.id);
  if (lock !== undefined)
    return (
      <LinkButton href={`/o/${org}/settings/lock`}>
        {t('lock.lockedSince', { time: shortTime(lock.since) })}
      </LinkButton>
    );
  return (
    <>
      <Button
        reason={reason}
        aria-label={t('lock.set.title', { name: wish.name })}
        onClick={() => setAsks(true)}
      >
        {t('lock.set.open')}
      </Button>
      <Suspense>{asks && <LockDialog org={org} wish={wish} onClose={() => setAsks(false)} />}</Suspense>
    </>
  );
}
