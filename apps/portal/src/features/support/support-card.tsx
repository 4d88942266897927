import type { ReactNode } from 'react';
import type { SupportRow } from '../../server/support/support-row.ts';
import { classNames } from '../../ui/class-names.ts';
import { exactTime, shortTime } from '../../ui/format-time.ts';
import { useWords } from '../../words/use-words.ts';
import { lengthWord } from '../requests/request-words.ts';
import { supportState } from './support-words.ts';

/** One way in: who, for how long, why, what became of it, and what the reader can do. */
export function SupportCard({
  row,
  title,
  children,
}: {
  row: SupportRow;
  title: string;
  children?: ReactNode;
}) {
  const t = useWords();
  return (
    <article
      className={classNames(
        'grid gap-2 border-b py-4',
        row.state === 'inside' && 'border-s-4 border-s-warn! ps-4',
      )}
    >
      <h3 className="font-medium [overflow-wrap:anywhere]">{title}</h3>
      <p className="[overflow-wrap:anywhere]">
        <bdi>{row.reason}</bdi>
      </p>
      <p className="text-ink-2 text-sm [overflow-wrap:anywhere]">
        {t('support.terms', { can: row.can, length: lengthWord(row.lengthMs, t) })}{' '}
        <time dateTime={row.createdAt.toISOString()} title={exactTime(row.createdAt)}>
          {t('support.from', { time: shortTime(row.createdAt) })}
        </time>{' '}
        {supportState(row, t)}
      </p>
      <div className="flex flex-wrap gap-2 empty:hidden">{children}</div>
    </article>
  );
}

export function SupportSection({
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
