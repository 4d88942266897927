'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Knock } from '../../server/guests/answer-door.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { classNames } from '../../ui/class-names.ts';
import { clockTime } from '../../ui/format-time.ts';
import { useAnnounce } from '../../ui/live-region.tsx';
import { useWords } from '../../words/use-words.ts';

/** Behind the hints of the event stream: how often one looks at the door anyway, in milliseconds. */
const LOOK_AGAIN_MS = 5_000;

/** Who waits at the door of a machine, one line each: under the bar of its console, and on its page. */
export function DoorStrip({ org, vmId, place }: { org: string; vmId: string; place: 'console' | 'page' }) {
  const t = useWords();
  const announce = useAnnounce();
  const trpc = useTRPC();
  const door = useQuery(trpc.guests.atDoor.queryOptions({ org, vmId }, { refetchInterval: LOOK_AGAIN_MS }));
  const knocks = door.data ?? [];
  const newest = knocks.at(-1)?.guest ?? null;
  useEffect(() => {
    if (newest !== null) announce(t('knock.title', { guest: newest }));
  }, [newest, announce, t]);
  useMarkedTitle(knocks.length > 0);
  if (knocks.length === 0) return null;
  return (
    <section aria-label={t('knock.label')} className={classNames('grid', place === 'page' && 'pb-4')}>
      {knocks.map((knock) => (
        <KnockLine key={knock.visitId} org={org} knock={knock} place={place} />
      ))}
    </section>
  );
}

function KnockLine({ org, knock, place }: { org: string; knock: Knock; place: 'console' | 'page' }) {
  const t = useWords();
  const trpc = useTRPC();
  const client = useQueryClient();
  const answer = useMutation(
    trpc.guests.answer.mutationOptions({
      onSettled: () => client.invalidateQueries(trpc.guests.pathFilter()),
    }),
  );
  const { visitId, guest, email, inviter, reason, mayType, since } = knock;
  const names = { guest, email, inviter, time: clockTime(since), does: mayType ? 'type' : 'look' };
  return (
    <div
      data-testid="knock"
      className={classNames(
        'flex flex-wrap items-center gap-x-4 gap-y-2 bg-surface px-4 py-2 text-sm',
        place === 'console' ? 'border-b' : 'rounded-md border',
      )}
    >
      <p className="min-w-0 flex-1 [overflow-wrap:anywhere] max-sm:basis-full">
        <span className="font-medium">{t('knock.title', names)}</span>
        <span className="ps-3 text-ink-2">{t('knock.sentence', names)}</span>
        {reason !== '' && (
          <bdi translate="no" className="ps-3">
            {reason}
          </bdi>
        )}
        {answer.isError && (
          <span role="alert" className="block text-bad">
            {apiErrorOf(answer.error).message}
          </span>
        )}
      </p>
      <Button
        aria-label={t('knock.letInWhom', names)}
        busy={answer.isPending && answer.variables.answer === 'let-in' ? t('knock.letIn') : null}
        onClick={() => answer.mutate({ org, visitId, answer: 'let-in' })}
      >
        {t('knock.letIn')}
      </Button>
      <Button
        aria-label={t('knock.notNowWhom', names)}
        busy={answer.isPending && answer.variables.answer === 'not-now' ? t('knock.notNow') : null}
        onClick={() => answer.mutate({ org, visitId, answer: 'not-now' })}
      >
        {t('knock.notNow')}
      </Button>
    </div>
  );
}

const MARK = '(!) ';

/** `(!)` before the title of the page while somebody waits (design §2). */
function useMarkedTitle(marked: boolean): void {
  useEffect(() => {
    if (!marked) return;
    if (!document.title.startsWith(MARK)) document.title = `${MARK}${document.title}`;
    return () => {
      document.title = document.title.replace(MARK, '');
    };
  }, [marked]);
}
