'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { lazy, Suspense, useState } from 'react';
import type { RequestRow } from '../../server/requests/request-row.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { classNames } from '../../ui/class-names.ts';
import { exactTime, shortTime } from '../../ui/format-time.ts';
import { usePageKeys } from '../../ui/page-keys.ts';
import { useToast } from '../../ui/toast.tsx';
import { useWords } from '../../words/use-words.ts';
import { WithdrawButton } from './ask-access.tsx';
import { lengthWord, stateSentence } from './request-words.ts';

const ApproveDialog = lazy(() =>
  import('./answer-dialogs.tsx').then((file) => ({ default: file.ApproveDialog })),
);
const ReasonDialog = lazy(() =>
  import('./answer-dialogs.tsx').then((file) => ({ default: file.ReasonDialog })),
);

interface RequestCardProps {
  org: string;
  row: RequestRow;
  /** Whether `a` and `d` answer this one. */
  keys?: boolean;
}

type Open = 'approve' | 'refuse' | 'review' | null;

/** One request: who asks for what and why, what became of it, and what the reader can do. */
export function RequestCard({ org, row, keys = false }: RequestCardProps) {
  const t = useWords();
  const [open, setOpen] = useState<Open>(null);
  const isEmergency = row.kind === 'break-glass';
  const confirm = useConfirm(org, row);
  const approve = () => (isEmergency ? confirm.mutate({ org, requestId: row.id }) : setOpen('approve'));
  const answers = keys && row.mayAnswer && open === null;
  usePageKeys({ a: answers ? approve : null, d: answers ? () => setOpen('refuse') : null });
  const names = { person: row.asker.name, machine: row.vm.name };
  return (
    <article
      className={classNames('grid gap-2 border-b py-4', isEmergency && 'border-s-4 border-s-warn! ps-4')}
    >
      <h3 className="font-medium [overflow-wrap:anywhere]">
        <Link href={`/o/${org}/requests/${row.id}`} className="hover:underline">
          {t('requests.asks', {
            ...names,
            mine: row.mine ? 'mine' : 'other',
            kind: isEmergency ? 'glass' : 'access',
            role: row.role,
            length: lengthWord(row.lengthMs, t),
          })}
        </Link>
      </h3>
      <p className="[overflow-wrap:anywhere]">
        <bdi>{row.reason}</bdi>
      </p>
      <p className="text-ink-2 text-sm [overflow-wrap:anywhere]">
        <time dateTime={row.createdAt.toISOString()} title={exactTime(row.createdAt)}>
          {t('requests.askedAt', { time: shortTime(row.createdAt) })}
        </time>{' '}
        {stateSentence(row, new Date(), t)}
        {row.review !== null && ` ${t('requests.reviewedBy', { by: row.review.by, text: row.review.text })}`}
      </p>
      <div className="flex flex-wrap gap-2 empty:hidden">
        {row.mayAnswer && (
          <>
            <Button
              kind="primary"
              aria-label={t(isEmergency ? 'requests.confirmOf' : 'requests.approveOf', names)}
              busy={confirm.isPending ? t('requests.confirm') : null}
              onClick={approve}
            >
              {t(isEmergency ? 'requests.confirm' : 'requests.approve.open')}
            </Button>
            <Button aria-label={t('requests.refuseOf', names)} onClick={() => setOpen('refuse')}>
              {t('requests.refuse.open')}
            </Button>
          </>
        )}
        {row.mayReview && (
          <Button aria-label={t('requests.reviewOf', names)} onClick={() => setOpen('review')}>
            {t('requests.review.open')}
          </Button>
        )}
        {row.mine && row.state === 'waiting' && <WithdrawButton org={org} row={row} />}
      </div>
      <Suspense>
        {open === 'approve' && <ApproveDialog org={org} row={row} onClose={() => setOpen(null)} />}
        {(open === 'refuse' || open === 'review') && (
          <ReasonDialog org={org} row={row} what={open} onClose={() => setOpen(null)} />
        )}
      </Suspense>
    </article>
  );
}

/** Confirms an emergency; the client asks for the proof of who acts by itself. */
function useConfirm(org: string, row: RequestRow) {
  const t = useWords();
  const toast = useToast();
  const trpc = useTRPC();
  const client = useQueryClient();
  return useMutation(
    trpc.requests.confirm.mutationOptions({
      onSuccess: ({ missing }) => toast(t('requests.confirmed', { n: missing, person: row.asker.name, org })),
      onError: (error) => toast(apiErrorOf(error).message),
      onSettled: () => void client.invalidateQueries(trpc.requests.pathFilter()),
    }),
  );
}
