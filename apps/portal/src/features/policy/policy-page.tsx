'use client';

import { ACTS_OF_ROLE } from '@porthole/rbac';
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'next/navigation';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { exactTime, shortTime } from '../../ui/format-time.ts';
import { LinkButton } from '../../ui/link-button.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { useWords } from '../../words/use-words.ts';
import { useOrganisation } from '../account/use-me.ts';
import { QueryFault } from '../navigation/query-fault.tsx';
import { PolicyForm } from './policy-form.tsx';
import { PolicyTabs } from './policy-tabs.tsx';
import { PolicyText } from './policy-text.tsx';

const SKELETON_ROWS = 6;

/** What the organisation decides about its consoles: a form for who runs it, the same as text for who checks it. */
export function PolicyPage() {
  const t = useWords();
  const { org } = useParams<{ org: string }>();
  const organisation = useOrganisation(org);
  const name = organisation?.name ?? org;
  const trpc = useTRPC();
  const query = useQuery(trpc.policy.read.queryOptions({ org }));
  const policy = query.data;
  return (
    <>
      <title>{t('app.title', { page: t('policy.title'), org: name })}</title>
      <PageHead title={t('policy.title')}>
        <p className="max-w-[68ch] text-ink-2">{t('policy.intro', { org: name })}</p>
        {policy !== undefined && <LastChange changed={policy.changed} />}
        {organisation !== null && ACTS_OF_ROLE[organisation.role].includes('people.manage') && (
          <p className="flex flex-wrap gap-2 pt-2">
            <LinkButton href={`/o/${org}/single-sign-on`}>{t('policy.sso')}</LinkButton>
            <LinkButton href={`/o/${org}/settings/tokens`}>{t('policy.tokens')}</LinkButton>
          </p>
        )}
      </PageHead>
      <PolicyTabs org={org} />
      {policy === undefined ? (
        query.isError ? (
          <QueryFault error={apiErrorOf(query.error)} onRetry={() => void query.refetch()} />
        ) : (
          <SkeletonRows rows={SKELETON_ROWS} columns={['30%', '50%']} />
        )
      ) : policy.mayChange ? (
        <PolicyForm org={org} orgName={name} policy={policy} />
      ) : (
        <PolicyText policy={policy} />
      )}
    </>
  );
}

function LastChange({ changed }: { changed: { by: string; at: Date } | null }) {
  const t = useWords();
  if (changed === null) return <p className="text-ink-2 text-sm">{t('policy.neverChanged')}</p>;
  return (
    <p className="text-ink-2 text-sm" title={exactTime(changed.at)}>
      {t('policy.lastChange', { person: changed.by, time: shortTime(changed.at) })}
    </p>
  );
}
