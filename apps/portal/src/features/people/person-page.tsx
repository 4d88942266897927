'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useParams } from 'next/navigation';
import type { Person } from '../../server/people/get-person.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { exactTime, shortTime } from '../../ui/format-time.ts';
import { KeyValue, KeyValues } from '../../ui/key-values.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { useWords } from '../../words/use-words.ts';
import { LockEntry } from '../locks/lock-entry.tsx';
import { NothingHere } from '../navigation/nothing-here.tsx';
import { QueryFault } from '../navigation/query-fault.tsx';
import { GoAway } from './go-away.tsx';
import { GrantsOfPerson } from './grants-of-person.tsx';
import { RolePicker } from './role-picker.tsx';

/** One member: role, access, and the ways to change them. */
export function PersonPage() {
  const t = useWords();
  const { org, person: personId } = useParams<{ org: string; person: string }>();
  const trpc = useTRPC();
  const query = useQuery(trpc.people.get.queryOptions({ org, personId }));
  const crumbs = [{ href: `/o/${org}/people`, label: t('people.title') }];
  const person = query.data;
  if (person === undefined) {
    const error = query.isError ? apiErrorOf(query.error) : null;
    if (error !== null && (error.code.endsWith('/not-found') || error.code === 'request/unreadable'))
      return <NothingHere href={`/o/${org}/people`} />;
    return (
      <>
        <PageHead crumbs={crumbs} crumbsLabel={t('nav.crumbs')} title={t('app.loading')} />
        {error === null ? (
          <SkeletonRows rows={4} columns={['20%', '40%']} />
        ) : (
          <QueryFault error={error} onRetry={() => void query.refetch()} />
        )}
      </>
    );
  }
  return (
    <>
      <title>{t('app.title', { page: person.name, org: t('people.title') })}</title>
      <PageHead
        crumbs={crumbs}
        crumbsLabel={t('nav.crumbs')}
        title={<bdi translate="no">{person.name}</bdi>}
        action={
          <>
            {!person.you && (
              <LockEntry
                org={org}
                wish={{ scope: 'person', id: person.id, name: person.name }}
                reason={person.may.handle ? null : t('people.ownersAlone')}
              />
            )}
            <GoAway org={org} person={person} />
          </>
        }
      >
        {person.you && <p className="text-ink-2 text-sm">{t('people.you')}</p>}
      </PageHead>
      <div className="grid gap-12">
        <Facts org={org} person={person} />
        <RolePicker org={org} person={person} />
        {person.grants !== null && <GrantsOfPerson org={org} grants={person.grants} name={person.name} />}
      </div>
    </>
  );
}

function Facts({ org, person }: { org: string; person: Person }) {
  const t = useWords();
  const { email, since, teams, lastSeenAt, consoles } = person;
  return (
    <KeyValues>
      <KeyValue label={t('people.email')}>
        <bdi translate="no">{email}</bdi>
      </KeyValue>
      <KeyValue label={t('people.role')}>{t(`role.${person.role}`)}</KeyValue>
      <KeyValue label={t('teams.title')}>
        {teams.length === 0
          ? t('app.none')
          : teams.map((team) => (
              <Link
                key={team.id}
                href={`/o/${org}/teams/${team.id}`}
                className="me-3 inline-flex min-h-6 items-center text-link hover:underline"
              >
                <bdi translate="no">{team.name}</bdi>
              </Link>
            ))}
      </KeyValue>
      <KeyValue label={t('people.since')}>
        <time dateTime={since.toISOString()} title={exactTime(since)}>
          {shortTime(since)}
        </time>
      </KeyValue>
      <KeyValue label={t('people.seen')}>
        {lastSeenAt === null ? (
          t('app.none')
        ) : (
          <time dateTime={lastSeenAt.toISOString()} title={exactTime(lastSeenAt)}>
            {shortTime(lastSeenAt)}
          </time>
        )}
      </KeyValue>
      {consoles !== null && (
        <KeyValue label={t('people.consoles')}>
          {consoles.length === 0 ? (
            t('people.noConsole')
          ) : (
            <bdi translate="no">{consoles.map(({ machine }) => machine).join(', ')}</bdi>
          )}
        </KeyValue>
      )}
    </KeyValues>
  );
}
