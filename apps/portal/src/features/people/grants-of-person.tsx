'use client';

import type { GrantOfPerson } from '../../server/people/get-person.ts';
import { Cell, type Column, Table } from '../../ui/table.tsx';
import { useWords } from '../../words/use-words.ts';
import { giftWord } from '../sharing/gift-word.ts';
import { GrantEnd, GrantOver } from '../sharing/grant-parts.tsx';

/** What a person may reach by a grant, and until when; a machine leads to where it is changed. */
export function GrantsOfPerson({
  org,
  name,
  grants,
}: {
  org: string;
  name: string;
  grants: readonly GrantOfPerson[];
}) {
  const t = useWords();
  const columns: readonly Column[] = [
    { key: 'over', label: t('people.over'), width: 'minmax(9rem,1fr)' },
    { key: 'role', label: t('access.role'), width: '7rem' },
    { key: 'until', label: t('access.until'), width: 'minmax(7rem,.7fr)' },
    { key: 'why', label: t('access.because'), width: 'minmax(8rem,1fr)', from: 'lg' },
  ];
  return (
    <section aria-labelledby="grants">
      <h2 id="grants" className="pb-2 font-medium text-lg">
        {t('people.access')}
      </h2>
      {grants.length === 0 ? (
        <p className="text-ink-2">{t('people.noAccess', { person: name })}</p>
      ) : (
        <Table label={t('people.access')} columns={columns} rows={grants} rowKey={(grant) => grant.id}>
          {({ over, role, rights, endsAt, reason, team }) => (
            <>
              <Cell className="max-sm:w-full">
                <GrantOver org={org} over={over} />
                {team !== null && (
                  <span className="block text-ink-2 text-xs">{t('access.team', { team })}</span>
                )}
              </Cell>
              <Cell>{giftWord({ role, rights }, t)}</Cell>
              <Cell className="text-ink-2">
                <GrantEnd endsAt={endsAt} />
              </Cell>
              <Cell from="lg" className="truncate text-ink-2">
                <bdi>{reason === '' ? t('app.none') : reason}</bdi>
              </Cell>
            </>
          )}
        </Table>
      )}
    </section>
  );
}
