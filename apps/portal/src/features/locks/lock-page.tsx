'use client';

import { ACTS_OF_ROLE } from '@porthole/rbac';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useParams } from 'next/navigation';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import type { LockLists } from '../../server/locks/list-locks.ts';
import type { LockRow } from '../../server/locks/lock-row.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { exactTime, shortTime } from '../../ui/format-time.ts';
import { PageHead } from '../../ui/page-head.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { useWords } from '../../words/use-words.ts';
import { useOrganisation } from '../account/use-me.ts';
import { QueryFault } from '../navigation/query-fault.tsx';
import { PolicyTabs } from '../policy/policy-tabs.tsx';
import { LockEntry } from './lock-entry.tsx';

const LockDialog = lazy(() => import('./lock-dialog.tsx').then((file) => ({ default: file.LockDialog })));
const LiftDialog = lazy(() => import('./lift-dialog.tsx').then((file) => ({ default: file.LiftDialog })));

const SKELETON_ROWS = 3;

/** Every emergency lock, living and past; and the way to lock everything. */
export function LockPage() {
  const t = useWords();
  const { org } = useParams<{ org: string }>();
  const organisation = useOrganisation(org);
  const name = organisation?.name ?? org;
  const trpc = useTRPC();
  const lists = useQuery(trpc.locks.list.queryOptions({ org }));
  const isProvider =
    organisation?.kind === 'provider' && ACTS_OF_ROLE[organisation.role].includes('organisations.manage');
  const customers = useQuery(trpc.locks.ofCustomers.queryOptions({ org }, { enabled: isProvider }));
  const { data } = lists;
  return (
    <>
      <title>{t('app.title', { page: t('lock.title'), org: name })}</title>
      <PageHead
        title={t('lock.title')}
        action={data?.mayManage === true && <LockEverything org={org} name={name} lists={data} />}
      >
        <p className="max-w-[68ch] text-ink-2">{t('lock.intro')}</p>
      </PageHead>
      <PolicyTabs org={org} />
      {data === undefined ? (
        lists.isError ? (
          <QueryFault error={apiErrorOf(lists.error)} onRetry={() => void lists.refetch()} />
        ) : (
          <SkeletonRows rows={SKELETON_ROWS} columns={['40%', '20%']} />
        )
      ) : (
        <div className="grid max-w-[72ch] gap-8">
          <Section title={t('lock.section.live')} empty={t('lock.none', { org: name })}>
            {data.live.map((lock) => (
              <LockCard key={lock.id} org={org} lock={lock} mayLift={data.mayManage && !lock.byProvider} />
            ))}
          </Section>
          {customers.data !== undefined && (
            <Section title={t('lock.section.customers')} empty={t('lock.noCustomers')}>
              {customers.data.map((lock) => (
                <LockCard key={lock.id} org={org} lock={lock} mayLift={lock.lifted === null} overCustomer />
              ))}
            </Section>
          )}
          {data.mayManage && <TeamLocks org={org} />}
          {data.past.length > 0 && (
            <Section title={t('lock.section.past')}>
              {data.past.map((lock) => (
                <LockCard key={lock.id} org={org} lock={lock} mayLift={false} />
              ))}
            </Section>
          )}
        </div>
      )}
    </>
  );
}

function LockEverything({ org, name, lists }: { org: string; name: string; lists: LockLists }) {
  const t = useWords();
  const [asks, setAsks] = useState(false);
  const isLocked = lists.live.some(({ scope, byProvider }) => scope === 'organisation' && !byProvider);
  return (
    <>
      <Button reason={isLocked ? t('lock.already', { name }) : null} onClick={() => setAsks(true)}>
        {t('lock.everything', { org: name })}
      </Button>
      <Suspense>
        {asks && (
          <LockDialog
            org={org}
            wish={{ scope: 'organisation', id: null, name }}
            onClose={() => setAsks(false)}
          />
        )}
      </Suspense>
    </>
  );
}

function Section({
  title,
  empty,
  children,
}: {
  title: string;
  empty?: string;
  children: readonly ReactNode[];
}) {
  return (
    <section>
      <h2 className="border-b pb-2 font-medium text-lg">{title}</h2>
      {children.length > 0 ? children : <p className="py-4 text-ink-2">{empty}</p>}
    </section>
  );
}

/** Teams have no page of their own: they are locked from here. */
function TeamLocks({ org }: { org: string }) {
  const t = useWords();
  const trpc = useTRPC();
  const receivers = useQuery(trpc.grants.receivers.queryOptions({ org }));
  const teams = receivers.data?.teams ?? [];
  if (teams.length === 0) return null;
  return (
    <Section title={t('lock.section.teams')}>
      {teams.map(({ id, name }) => (
        <div key={id} className="flex flex-wrap items-center justify-between gap-2 border-b py-2">
          <bdi translate="no" className="font-medium [overflow-wrap:anywhere]">
            {name}
          </bdi>
          <LockEntry org={org} wish={{ scope: 'team', id, name }} />
        </div>
      ))}
    </Section>
  );
}

/** Where the thing that is locked has its own page. */
function pageOf(org: string, { scope, target }: LockRow): string | null {
  switch (scope) {
    case 'person':
      return `/o/${org}/people/${target.id}`;
    case 'vm':
      return `/o/${org}/machines/${target.id}`;
    case 'team':
    case 'pool':
    case 'organisation':
      return null;
  }
}

interface LockCardProps {
  org: string;
  lock: LockRow;
  mayLift: boolean;
  overCustomer?: boolean;
}

function LockCard({ org, lock, mayLift, overCustomer = false }: LockCardProps) {
  const t = useWords();
  const [lifts, setLifts] = useState(false);
  const { target, scope, since, lifted } = lock;
  const page = overCustomer ? null : pageOf(org, lock);
  const who = lock.byProvider && !overCustomer ? 'provider' : lock.by === null ? 'nobody' : 'person';
  return (
    <article className="grid gap-2 border-b py-4">
      <h3 className="font-medium [overflow-wrap:anywhere]">
        {page === null ? (
          <bdi translate="no">{target.name}</bdi>
        ) : (
          <Link href={page} className="hover:underline">
            <bdi translate="no">{target.name}</bdi>
          </Link>
        )}
        <span className="ps-2 font-normal text-ink-2">{t('lock.scope', { scope })}</span>
      </h3>
      <p className="[overflow-wrap:anywhere]">
        <bdi>{lock.reason}</bdi>
      </p>
      <p className="text-ink-2 text-sm [overflow-wrap:anywhere]">
        <time dateTime={since.toISOString()} title={exactTime(since)}>
          {t('lock.setBy', { who, by: lock.by ?? '', time: shortTime(since) })}
        </time>
        {lifted !== null && (
          <>
            {' '}
            <time dateTime={lifted.at.toISOString()} title={exactTime(lifted.at)}>
              {t('lock.liftedBy', {
                by: lifted.by ?? t('log.nobodyKnows'),
                time: shortTime(lifted.at),
                reason: lifted.reason,
              })}
            </time>
          </>
        )}
      </p>
      {mayLift && (
        <div>
          <Button aria-label={t('lock.lift.title', { name: target.name })} onClick={() => setLifts(true)}>
            {t('lock.lift.open')}
          </Button>
        </div>
      )}
      <Suspense>
        {lifts && (
          <LiftDialog org={org} lock={lock} overCustomer={overCustomer} onClose={() => setLifts(false)} />
        )}
      </Suspense>
    </article>
  );
}
