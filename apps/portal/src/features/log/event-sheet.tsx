'use client';

import { useQuery } from '@tanstack/react-query';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { CopyChip } from '../../ui/copy-chip.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { exactTime } from '../../ui/format-time.ts';
import { KeyValue, KeyValues } from '../../ui/key-values.tsx';
import { useWords } from '../../words/use-words.ts';
import { QueryFault } from '../navigation/query-fault.tsx';
import { EventChanges } from './event-changes.tsx';
import { actorMark, eventResult, eventSentence } from './event-words.ts';

/** All fields of one event, and its links in the chain. */
export function EventSheet({ org, seq, onClose }: { org: string; seq: number; onClose: () => void }) {
  const t = useWords();
  const trpc = useTRPC();
  const query = useQuery(trpc.log.event.queryOptions({ org, seq }));
  const event = query.data;
  const mark = event === undefined ? null : actorMark(event);
  const isChange = event?.action === 'policy.changed';
  return (
    <Dialog form="sheet" open onClose={onClose} title={t('log.event', { seq })}>
      {query.isError && <QueryFault error={apiErrorOf(query.error)} onRetry={() => void query.refetch()} />}
      {event !== undefined && (
        <div className="grid gap-8">
          <p className="text-lg">
            <bdi translate="no" className="font-medium">
              {event.actor.kind === 'system' ? t('log.system') : event.actor.name}
            </bdi>{' '}
            {mark !== null && (
              <span className="text-ink-2 text-xs">
                {`${t(mark === 'guest' ? 'guests.mark' : 'support.mark')} `}
              </span>
            )}
            {eventSentence(event, t)}
          </p>
          <KeyValues>
            <KeyValue label={t('log.at')}>
              <time dateTime={event.at.toISOString()} className="tabular">
                {exactTime(event.at)}
              </time>
            </KeyValue>
            <KeyValue label={t('log.result')}>
              {event.action === 'console.close'
                ? eventResult(event, t)
                : t(`log.outcomes.${outcomeOf(event.outcome)}`)}
            </KeyValue>
            {event.actor.token !== undefined && (
              <KeyValue label={t('tokens.once.token')}>
                <bdi translate="no">{event.actor.token.name}</bdi>
              </KeyValue>
            )}
            {event.ip !== null && (
              <KeyValue label={t('log.from')}>
                <CopyChip value={event.ip} label={t('log.from')} />
              </KeyValue>
            )}
            {Object.entries(event.data)
              .filter(([field]) => !(isChange && field === 'changes'))
              .map(([field, value]) => (
                <KeyValue key={field} label={field}>
                  <span className="font-mono text-xs">{valueText(value)}</span>
                </KeyValue>
              ))}
          </KeyValues>
          {isChange && <EventChanges data={event.data} />}
          <KeyValues>
            <KeyValue label={t('log.eventId')}>
              <CopyChip value={event.eventId} label={t('log.eventId')} max={20} />
            </KeyValue>
            <KeyValue label={t('log.payload')}>
              <CopyChip value={event.payloadHash} label={t('log.payload')} />
            </KeyValue>
            <KeyValue label={t('log.fingerprint')}>
              <CopyChip value={event.hash} label={t('log.fingerprint')} />
            </KeyValue>
            <KeyValue label={t('log.previous')}>
              <CopyChip value={event.prevHash} label={t('log.previous')} />
            </KeyValue>
          </KeyValues>
        </div>
      )}
    </Dialog>
  );
}

function outcomeOf(outcome: string): 'ok' | 'refused' | 'failed' {
  return outcome === 'refused' || outcome === 'failed' ? outcome : 'ok';
}

/** As text, whatever it is: a field of the log is never more than that. */
function valueText(value: unknown): string {
  if (value === null) return '–';
  return typeof value === 'object' ? JSON.stringify(value, null, 1) : String(value);
}
