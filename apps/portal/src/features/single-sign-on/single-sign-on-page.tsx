'use client';

import { useQuery } from '@tanstack/react-query';
import { useParams } from 'next/navigation';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Notice } from '../../ui/notice.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { useWords } from '../../words/use-words.ts';
import { useOrganisation } from '../account/use-me.ts';
import { QueryFault } from '../navigation/query-fault.tsx';
import { ConnectionForm } from './connection-form.tsx';
import { DomainsSection } from './domains-section.tsx';

/** Where an organisation's people prove who they are, and which mail domains are its own. */
export function SingleSignOnPage() {
  const t = useWords();
  const { org } = useParams<{ org: string }>();
  const name = useOrganisation(org)?.name ?? org;
  const trpc = useTRPC();
  const query = useQuery(trpc.singleSignOn.read.queryOptions({ org }));
  const settings = query.data;
  return (
    <>
      <title>{t('app.title', { page: t('sso.title'), org: name })}</title>
      <PageHead
        title={t('sso.title')}
        crumbs={[{ href: `/o/${org}/policy`, label: t('policy.title') }]}
        crumbsLabel={t('nav.crumbs')}
      >
        <p className="max-w-[68ch] text-ink-2">{t('sso.intro', { org: name })}</p>
      </PageHead>
      {settings === undefined ? (
        query.isError ? (
          <QueryFault error={apiErrorOf(query.error)} onRetry={() => void query.refetch()} />
        ) : (
          <SkeletonRows rows={5} columns={['30%', '50%']} />
        )
      ) : settings.isPossible ? (
        <div className="grid grid-cols-1 gap-10 pt-4">
          <DomainsSection org={org} domains={settings.domains} />
          <ConnectionForm
            key={settings.connection?.version ?? 0}
            org={org}
            connection={settings.connection}
            redirectUri={settings.redirectUri}
            hasDomain={settings.domains.some(({ verifiedAt }) => verifiedAt !== null)}
          />
        </div>
      ) : (
        <Notice title={t('sso.noKey.title')} sentence={t('sso.noKey.sentence')} />
      )}
    </>
  );
}
