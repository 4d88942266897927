'use client';

import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { exactTime, shortTime } from '../../ui/format-time.ts';
import { useWords } from '../../words/use-words.ts';

const FAILURES = ['refused', 'put-off', 'sign-in', 'not-secure', 'unreachable'] as const;
const KINDS = [
  'reset',
  'invitation',
  'email-confirm',
  'email-changed',
  'password-changed',
  'sign-up',
] as const;
/** Shorter waits are how mail goes, and say nothing. */
const LONG_MS = 60_000;

/** Says when mails don't go out, and why; silent while they do. */
export function MailNotice({ org }: { org: string }) {
  const t = useWords();
  const trpc = useTRPC();
  const mail = useQuery(trpc.organisations.mail.queryOptions({ org }));
  if (mail.data === undefined) return null;
  const { waiting, waitingSince, held, unsent } = mail.data;
  const stuck = waitingSince !== null && Date.now() - waitingSince.getTime() > LONG_MS;
  if (!stuck && unsent.length === 0) return null;
  const why = (failure: string | null) => FAILURES.find((one) => failure === `mail/${one}`) ?? 'unreachable';
  return (
    <section
      aria-labelledby="mail-state"
      className="mb-6 grid gap-1 rounded-md bg-warn-soft px-4 py-3 text-sm"
    >
      <h2 id="mail-state" className="font-medium text-warn">
        {t('mail.title')}
      </h2>
      {stuck && (
        <p>
          {t('mail.waiting', { n: waiting, time: shortTime(waitingSince) })}{' '}
          {held === null ? t('mail.noCourier') : t(`mail.why.${why(held)}`)}
        </p>
      )}
      {unsent.length > 0 && (
        <ul className="grid gap-1">
          {unsent.map(({ id, kind, failure, at }) => (
            <li key={id}>
              <time dateTime={at.toISOString()} title={exactTime(at)} className="tabular">
                {shortTime(at)}
              </time>{' '}
              {t(`mail.kind.${KINDS.find((one) => one === kind) ?? 'reset'}`)}:{' '}
              {t(`mail.why.${why(failure)}`)}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
