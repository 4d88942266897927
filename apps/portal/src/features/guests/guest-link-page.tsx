'use client';

import { useQuery } from '@tanstack/react-query';
import { useParams } from 'next/navigation';
import type { GuestLinkRow } from '../../server/guests/guest-row.ts';
import type { LogEvent } from '../../server/log/log-event.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { exactTime, shortTime, untilTime } from '../../ui/format-time.ts';
import { KeyValue, KeyValues } from '../../ui/key-values.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { useWords } from '../../words/use-words.ts';
import { eventResult, eventSentence } from '../log/event-words.ts';
import { NothingHere } from '../navigation/nothing-here.tsx';
import { QueryFault } from '../navigation/query-fault.tsx';
import { LinkState } from './guest-table.tsx';
import { useEndLink } from './use-end-link.ts';

/** One guest link with everything that happened with it, as a story: oldest first. */
export function GuestLinkPage() {
  const t = useWords();
  const { org, link: linkId } = useParams<{ org: string; link: string }>();
  const trpc = useTRPC();
  const query = useQuery(trpc.guests.get.queryOptions({ org, linkId }));
  if (query.data === undefined) {
    const error = query.isError ? apiErrorOf(query.error) : null;
    if (error !== null && (error.code.endsWith('/not-found') || error.code === 'request/unreadable'))
      return <NothingHere href={`/o/${org}/machines`} />;
    return (
      <>
        <PageHead title={t('app.loading')} />
        {error === null ? (
          <SkeletonRows rows={4} columns={['20%', '40%']} />
        ) : (
          <QueryFault error={error} onRetry={() => void query.refetch()} />
        )}
      </>
    );
  }
  const { link, trail } = query.data;
  const machine = `/o/${org}/machines/${link.machine.id}/access`;
  return (
    <>
      <title>{t('app.title', { page: link.guest, org: link.machine.name })}</title>
      <PageHead
        crumbs={[{ href: machine, label: link.machine.name }]}
        crumbsLabel={t('nav.crumbs')}
        title={t('guests.pageTitle', { guest: link.guest })}
        {...(link.mayEnd ? { action: <EndNow org={org} link={link} /> } : {})}
      />
      <Facts link={link} />
      <h2 className="pt-12 pb-4 font-medium text-lg">{t('guests.trail')}</h2>
      <ol className="grid border-s">
        {trail.map((event) => (
          <TrailLine key={event.seq} event={event} />
        ))}
      </ol>
    </>
  );
}

function EndNow({ org, link }: { org: string; link: GuestLinkRow }) {
  const t = useWords();
  const { end, busy } = useEndLink(org, link);
  return (
    <Button busy={busy ? t('guests.end') : null} onClick={end}>
      {t('guests.end')}
    </Button>
  );
}

function Facts({ link }: { link: GuestLinkRow }) {
  const t = useWords();
  const can = link.rights.includes('clipboard') ? 'copy' : link.rights.includes('type') ? 'type' : 'look';
  return (
    <KeyValues>
      <KeyValue label={t('guests.state')}>
        <LinkState row={link} />
      </KeyValue>
      <KeyValue label={t('people.email')}>
        <bdi translate="no">{link.email}</bdi>
      </KeyValue>
      <KeyValue label={t('share.can')}>{t(`guests.can.${can}`)}</KeyValue>
      <KeyValue label={t('guests.how')}>
        {t('guests.howIs', { door: link.door ? 'yes' : 'no', visits: link.oneVisit ? 'one' : 'many' })}
      </KeyValue>
      <KeyValue label={t('access.until')}>
        <time dateTime={link.endsAt.toISOString()} title={exactTime(link.endsAt)}>
          {untilTime(link.endsAt)}
        </time>
      </KeyValue>
      <KeyValue label={t('access.by')}>
        <bdi translate="no">{link.by}</bdi>
      </KeyValue>
      <KeyValue label={t('share.why')}>
        <bdi>{link.reason === '' ? t('app.none') : link.reason}</bdi>
      </KeyValue>
    </KeyValues>
  );
}

function TrailLine({ event }: { event: LogEvent }) {
  const t = useWords();
  const result = eventResult(event, t);
  return (
    <li
      data-testid="trail-line"
      className="grid gap-x-4 px-4 py-2 text-sm sm:grid-cols-[10rem_minmax(0,1fr)_auto]"
    >
      <time dateTime={event.at.toISOString()} title={exactTime(event.at)} className="tabular text-ink-2">
        {shortTime(event.at)}
      </time>
      <span className="min-w-0 [overflow-wrap:anywhere]">
        <bdi translate="no" className="font-medium">
          {event.actor.kind === 'system' ? t('log.system') : event.actor.name}
        </bdi>{' '}
        {eventSentence(event, t)}
      </span>
      {result !== '' && <span className="tabular text-ink-2">{result}</span>}
    </li>
  );
}
