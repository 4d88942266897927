'use client';

import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { classNames } from '../../ui/class-names.ts';
import { useWords } from '../../words/use-words.ts';

/** How many requests wait for the reader; nothing while none does. */
export function WaitingBadge({ org, className }: { org: string; className?: string }) {
  const t = useWords();
  const trpc = useTRPC();
  const { data } = useQuery(trpc.requests.count.queryOptions({ org }));
  if (data === undefined || data.waiting === 0) return null;
  return (
    <span
      className={classNames(
        'tabular grid h-5 min-w-5 place-items-center rounded-full bg-accent px-1 font-medium text-on-accent text-xs',
        className,
      )}
    >
      <span aria-hidden>{data.waiting}</span>
      <span className="sr-only">{t('nav.waiting', { n: data.waiting })}</span>
    </span>
  );
}
