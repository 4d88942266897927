'use client';

import { ACTS_OF_ROLE } from '@porthole/rbac';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Banner } from '../../ui/banner.tsx';
import { useWords } from '../../words/use-words.ts';
import { useOrganisation } from '../account/use-me.ts';
import { gravestOf, lockSentence } from './lock-words.ts';

/** Says on every page that something which touches the reader is locked, until it no longer is. */
export function LockBanner({ org }: { org: string }) {
  const t = useWords();
  const trpc = useTRPC();
  const organisation = useOrganisation(org);
  const { data } = useQuery(trpc.locks.here.queryOptions({ org }));
  const gravest = gravestOf(data ?? []);
  if (data === undefined || gravest === null || organisation === null) return null;
  const mayRead = ACTS_OF_ROLE[organisation.role].includes('locks.read');
  return (
    <Banner
      action={
        mayRead && (
          <Link
            href={`/o/${org}/settings/lock`}
            className="inline-flex min-h-6 items-center font-medium underline"
          >
            {t('lock.show', { n: data.length })}
          </Link>
        )
      }
    >
      {lockSentence(gravest, t)}
    </Banner>
  );
}
