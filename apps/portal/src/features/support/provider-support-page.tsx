'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { lazy, Suspense, useState } from 'react';
import type { ProviderSupport, ProviderSupportRow } from '../../server/support/enter-support.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { Combobox } from '../../ui/combobox.tsx';
import { LinkButton } from '../../ui/link-button.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useWords } from '../../words/use-words.ts';
import { useOrganisation } from '../account/use-me.ts';
import { QueryFault } from '../navigation/query-fault.tsx';
import { PolicyTabs } from '../policy/policy-tabs.tsx';
import { SupportCard, SupportSection } from './support-card.tsx';

const TermsDialog = lazy(() => import('./terms-dialog.tsx').then((file) => ({ default: file.TermsDialog })));

const SKELETON_ROWS = 3;
/** How often it is looked whether an organisation answered, in milliseconds, should its hint be lost. */
const LOOK_AGAIN_MS = 20_000;

/** The provider's page: whom one asked to be let in, where one may enter, and where one is. */
export function ProviderSupportPage({ org }: { org: string }) {
  const t = useWords();
  const organisation = useOrganisation(org);
  const trpc = useTRPC();
  const query = useQuery(trpc.support.ofProvider.queryOptions({ org }, { refetchInterval: LOOK_AGAIN_MS }));
  const [asks, setAsks] = useState(false);
  const { data } = query;
  const isLive = ({ state }: ProviderSupportRow) => ['waiting', 'ready', 'inside'].includes(state);
  return (
    <>
      <title>{t('app.title', { page: t('support.title'), org: organisation?.name ?? org })}</title>
      <PageHead
        title={t('support.title')}
        action={
          <Button kind="primary" onClick={() => setAsks(true)}>
            {t('support.ask.open')}
          </Button>
        }
      >
        <p className="max-w-[68ch] text-ink-2">{t('support.providerIntro')}</p>
      </PageHead>
      <PolicyTabs org={org} />
      {data === undefined ? (
        query.isError ? (
          <QueryFault error={apiErrorOf(query.error)} onRetry={() => void query.refetch()} />
        ) : (
          <SkeletonRows rows={SKELETON_ROWS} columns={['50%', '20%']} />
        )
      ) : (
        <div className="grid max-w-[72ch] gap-8">
          <SupportSection title={t('support.section.mine')} empty={t('support.noneAsked')}>
            {data.rows.filter(isLive).map((row) => (
              <ProviderRow key={row.id} org={org} row={row} />
            ))}
          </SupportSection>
          {data.rows.some((row) => !isLive(row)) && (
            <SupportSection title={t('support.section.past')}>
              {data.rows
                .filter((row) => !isLive(row))
                .map((row) => (
                  <SupportCard key={row.id} row={row} title={titleOf(row, t)} />
                ))}
            </SupportSection>
          )}
        </div>
      )}
      <Suspense>
        {asks && data !== undefined && (
          <Ask org={org} customers={data.customers} onClose={() => setAsks(false)} />
        )}
      </Suspense>
    </>
  );
}

function titleOf({ supporter, customer }: ProviderSupportRow, t: ReturnType<typeof useWords>): string {
  return t('support.providerCard', {
    case: supporter === null ? 'nobody' : 'somebody',
    name: supporter?.name ?? '',
    org: customer.name,
  });
}

function ProviderRow({ org, row }: { org: string; row: ProviderSupportRow }) {
  const t = useWords();
  const toast = useToast();
  const router = useRouter();
  const trpc = useTRPC();
  const client = useQueryClient();
  const after = {
    onError: (error: unknown) => toast(apiErrorOf(error).message),
    onSettled: () => void client.invalidateQueries(trpc.support.pathFilter()),
  };
  const enter = useMutation(
    trpc.support.enter.mutationOptions({
      ...after,
      onSuccess: async ({ slug }) => {
        await client.invalidateQueries(trpc.auth.me.pathFilter());
        router.push(`/o/${slug}/machines`);
      },
    }),
  );
  const leave = useMutation(
    trpc.support.leave.mutationOptions({
      ...after,
      onSuccess: () => void client.invalidateQueries(trpc.auth.me.pathFilter()),
    }),
  );
  const names = { org: row.customer.name };
  const ids = { org, id: row.customer.id, grantId: row.id };
  return (
    <SupportCard row={row} title={titleOf(row, t)}>
      {row.mayEnter && (
        <Button
          kind="primary"
          aria-label={t('support.enterOf', names)}
          busy={enter.isPending ? t('support.enter') : null}
          onClick={() => enter.mutate(ids)}
        >
          {t('support.enter')}
        </Button>
      )}
      {row.mine && row.state === 'inside' && (
        <LinkButton href={`/o/${row.customer.slug}/machines`}>{t('support.goIn', names)}</LinkButton>
      )}
      {row.mine && (
        <Button
          aria-label={t('support.leaveOf', { ...names, state: row.state })}
          busy={leave.isPending ? t('support.leave', { state: row.state }) : null}
          onClick={() => leave.mutate(ids)}
        >
          {t('support.leave', { state: row.state })}
        </Button>
      )}
    </SupportCard>
  );
}

function Ask({
  org,
  customers,
  onClose,
}: {
  org: string;
  customers: ProviderSupport['customers'];
  onClose: () => void;
}) {
  const t = useWords();
  const toast = useToast();
  const trpc = useTRPC();
  const client = useQueryClient();
  const [id, setId] = useState<string | null>(null);
  const [tried, setTried] = useState(false);
  const name = customers.find((customer) => customer.id === id)?.name ?? '';
  const ask = useMutation(
    trpc.support.ask.mutationOptions({
      onSuccess: () => {
        toast(t('support.asked', { org: name }));
        onClose();
      },
      onSettled: () => void client.invalidateQueries(trpc.support.pathFilter()),
    }),
  );
  return (
    <TermsDialog
      title={t('support.ask.title')}
      sentence={t('support.ask.sentence')}
      button={t('support.ask.button')}
      asked={null}
      busy={ask.isPending}
      error={
        ask.isError ? apiErrorOf(ask.error).message : tried && id === null ? t('support.ask.whom') : null
      }
      onDone={(terms) => {
        setTried(true);
        if (id !== null) ask.mutate({ org, id, ...terms });
      }}
      onClose={onClose}
    >
      <Combobox
        label={t('support.ask.who')}
        hint={t('support.ask.whoHint')}
        noMatch={t('support.ask.noMatch')}
        removeLabel={t('app.change')}
        options={customers.map((customer) => ({ id: customer.id, label: customer.name }))}
        picked={id === null ? null : { id, label: name }}
        onPick={(option) => setId(option?.id ?? null)}
      />
    </TermsDialog>
  );
}
