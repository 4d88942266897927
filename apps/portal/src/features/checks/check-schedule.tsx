'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { SelectField } from '../../ui/choice.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useWords } from '../../words/use-words.ts';

/** What the page offers; another number that somebody set stands there too. */
const HOURS = [1, 6, 12, 24] as const;

/** How often the pool is checked by itself. */
export function CheckSchedule({
  org,
  poolId,
  everyH,
  mayManage,
}: {
  org: string;
  poolId: string;
  everyH: number | null;
  mayManage: boolean;
}) {
  const t = useWords();
  const trpc = useTRPC();
  const client = useQueryClient();
  const toast = useToast();
  const change = useMutation(
    trpc.checks.schedule.mutationOptions({
      onSuccess: () => toast(t('checks.schedule.changed')),
      onSettled: () => client.invalidateQueries(trpc.checks.list.pathFilter()),
      onError: (error) => toast(apiErrorOf(error).message),
    }),
  );
  const wordOf = (h: number | null) =>
    h === null ? t('checks.schedule.never') : t('checks.schedule.every', { h });
  if (!mayManage)
    return <p className="text-ink-2 text-sm">{`${t('checks.schedule.label')}: ${wordOf(everyH)}`}</p>;
  const hours = [...new Set([...HOURS, ...(everyH === null ? [] : [everyH])])].sort((a, b) => a - b);
  return (
    <SelectField
      label={t('checks.schedule.label')}
      value={String(everyH)}
      options={[...hours, null].map((h) => ({ value: String(h), label: wordOf(h) }))}
      onChange={(value) =>
        change.mutate({ org, id: poolId, everyH: value === 'null' ? null : Number(value) })
      }
    />
  );
}
