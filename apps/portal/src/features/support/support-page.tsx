'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import type { SupportRow } from '../../server/support/support-row.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useWords } from '../../words/use-words.ts';
import { useOrganisation } from '../account/use-me.ts';
import { QueryFault } from '../navigation/query-fault.tsx';
import { PolicyTabs } from '../policy/policy-tabs.tsx';
import { SupportCard, SupportSection } from './support-card.tsx';
import { useEndSupport } from './use-end-support.ts';

const TermsDialog = lazy(() => import('./terms-dialog.tsx').then((file) => ({ default: file.TermsDialog })));
const RefuseDialog = lazy(() =>
  import('./refuse-dialog.tsx').then((file) => ({ default: file.RefuseDialog })),
);

const SKELETON_ROWS = 3;

/** The organisation's page: who asks to be let in, who is inside, who was; and the way to let somebody in unasked. */
export function SupportPage({ org }: { org: string }) {
  const t = useWords();
  const organisation = useOrganisation(org);
  const name = organisation?.name ?? org;
  const trpc = useTRPC();
  const lists = useQuery(trpc.support.list.queryOptions({ org }));
  const [offers, setOffers] = useState(false);
  const { data } = lists;
  const asked = (data?.waiting.length ?? 0) > 0 && data?.mayManage === true;
  return (
    <>
      <title>{`${asked ? '(!) ' : ''}${t('app.title', { page: t('support.title'), org: name })}`}</title>
      <PageHead
        title={t('support.title')}
        action={
          data?.mayManage === true && (
            <Button kind="primary" onClick={() => setOffers(true)}>
              {t('support.offer.open')}
            </Button>
          )
        }
      >
        <p className="max-w-[68ch] text-ink-2">{t('support.intro', { org: name })}</p>
      </PageHead>
      <PolicyTabs org={org} />
      {data === undefined ? (
        lists.isError ? (
          <QueryFault error={apiErrorOf(lists.error)} onRetry={() => void lists.refetch()} />
        ) : (
          <SkeletonRows rows={SKELETON_ROWS} columns={['50%', '20%']} />
        )
      ) : (
        <div className="grid max-w-[72ch] gap-8">
          {data.waiting.length > 0 && (
            <SupportSection title={t('support.section.waiting')}>
              {data.waiting.map((row) => (
                <Waiting key={row.id} org={org} row={row} mayManage={data.mayManage} />
              ))}
            </SupportSection>
          )}
          <SupportSection title={t('support.section.live')} empty={t('support.nobody')}>
            {data.live.map((row) => (
              <Live key={row.id} org={org} row={row} mayManage={data.mayManage} />
            ))}
          </SupportSection>
          {data.past.length > 0 && (
            <SupportSection title={t('support.section.past')}>
              {data.past.map((row) => (
                <SupportCard key={row.id} row={row} title={titleOf(row, t)} />
              ))}
            </SupportSection>
          )}
        </div>
      )}
      <Suspense>{offers && <Offer org={org} name={name} onClose={() => setOffers(false)} />}</Suspense>
    </>
  );
}

function titleOf({ supporter, asked }: SupportRow, t: ReturnType<typeof useWords>): string {
  return t('support.card', {
    case: supporter === null ? 'nobody' : asked ? 'asked' : 'came',
    name: supporter?.name ?? '',
  });
}

interface RowProps {
  org: string;
  row: SupportRow;
  mayManage: boolean;
}

function Waiting({ org, row, mayManage }: RowProps) {
  const t = useWords();
  const toast = useToast();
  const trpc = useTRPC();
  const client = useQueryClient();
  const [open, setOpen] = useState<'approve' | 'refuse' | null>(null);
  const name = row.supporter?.name ?? t('support.title');
  const onClose = () => setOpen(null);
  const approve = useMutation(
    trpc.support.approve.mutationOptions({
      onSuccess: () => {
        toast(t('support.given', { name }));
        onClose();
      },
      onSettled: () => void client.invalidateQueries(trpc.support.pathFilter()),
    }),
  );
  return (
    <SupportCard row={row} title={titleOf(row, t)}>
      {mayManage && (
        <>
          <Button
            kind="primary"
            aria-label={t('support.approve.title', { name })}
            onClick={() => setOpen('approve')}
          >
            {t('support.approve.open')}
          </Button>
          <Button aria-label={t('support.refuse.title', { name })} onClick={() => setOpen('refuse')}>
            {t('support.refuse.open')}
          </Button>
        </>
      )}
      <Suspense>
        {open === 'approve' && (
          <TermsDialog
            title={t('support.approve.title', { name })}
            sentence={row.reason}
            button={t('support.approve.button')}
            asked={row}
            busy={approve.isPending}
            error={approve.isError ? apiErrorOf(approve.error).message : null}
            onDone={({ can, lengthMs }) => approve.mutate({ org, grantId: row.id, can, lengthMs })}
            onClose={onClose}
          />
        )}
        {open === 'refuse' && <RefuseDialog org={org} grantId={row.id} name={name} onClose={onClose} />}
      </Suspense>
    </SupportCard>
  );
}

function Live({ org, row, mayManage }: RowProps) {
  const t = useWords();
  const end = useEndSupport(org);
  const name = row.supporter?.name ?? t('support.title');
  return (
    <SupportCard row={row} title={titleOf(row, t)}>
      {mayManage && (
        <Button
          kind={row.state === 'inside' ? 'danger' : 'plain'}
          aria-label={t('support.endOf', { name })}
          busy={end.isPending ? t('support.end') : null}
          onClick={() => end.mutate({ org, grantId: row.id })}
        >
          {t('support.end')}
        </Button>
      )}
    </SupportCard>
  );
}

function Offer({ org, name, onClose }: { org: string; name: string; onClose: () => void }) {
  const t = useWords();
  const toast = useToast();
  const trpc = useTRPC();
  const client = useQueryClient();
  const offer = useMutation(
    trpc.support.offer.mutationOptions({
      onSuccess: () => {
        toast(t('support.offered'));
        onClose();
      },
      onSettled: () => void client.invalidateQueries(trpc.support.pathFilter()),
    }),
  );
  return (
    <TermsDialog
      title={t('support.offer.title', { org: name })}
      sentence={t('support.offer.sentence')}
      button={t('support.offer.button')}
      asked={null}
      busy={offer.isPending}
      error={offer.isError ? apiErrorOf(offer.error).message : null}
      onDone={(terms) => offer.mutate({ org, ...terms })}
      onClose={onClose}
    />
  );
}
