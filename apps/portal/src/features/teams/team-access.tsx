'use client';

import type { GrantRow } from '../../server/grants/list-grants.ts';
import { Button } from '../../ui/button.tsx';
import { Cell, type Column, Table } from '../../ui/table.tsx';
import { useWords } from '../../words/use-words.ts';
import { giftWord } from '../sharing/gift-word.ts';
import { GrantEnd, GrantOver } from '../sharing/grant-parts.tsx';
import { useEndGrant } from '../sharing/use-end-grant.ts';

/** What is shared with a team, and taking it back. */
export function TeamAccess({ org, grants }: { org: string; grants: readonly GrantRow[] }) {
  const t = useWords();
  const columns: readonly Column[] = [
    { key: 'over', label: t('people.over'), width: 'minmax(9rem,1fr)' },
    { key: 'role', label: t('access.role'), width: 'minmax(7rem,.7fr)' },
    { key: 'until', label: t('access.until'), width: 'minmax(7rem,.7fr)' },
    { key: 'why', label: t('access.because'), width: 'minmax(8rem,1fr)', from: 'lg' },
    { key: 'end', label: t('access.end'), width: '7rem', hideLabel: true },
  ];
  return (
    <section aria-labelledby="team-access">
      <h2 id="team-access" className="pb-2 font-medium text-lg">
        {t('teams.access')}
      </h2>
      {grants.length === 0 ? (
        <p className="text-ink-2">{t('teams.noAccess')}</p>
      ) : (
        <Table label={t('teams.access')} columns={columns} rows={grants} rowKey={(grant) => grant.id}>
          {(grant) => <GrantCells org={org} grant={grant} />}
        </Table>
      )}
    </section>
  );
}

function GrantCells({ org, grant }: { org: string; grant: GrantRow }) {
  const t = useWords();
  const who = t('access.team', { team: grant.team?.name ?? '' });
  const { end, busy } = useEndGrant(org, grant, who);
  const { target, endsAt, reason } = grant;
  return (
    <>
      <Cell className="max-sm:w-full">
        <GrantOver org={org} over={target} />
      </Cell>
      <Cell>{giftWord(grant, t)}</Cell>
      <Cell className="text-ink-2">
        <GrantEnd endsAt={endsAt} />
      </Cell>
      <Cell from="lg" className="truncate text-ink-2">
        <bdi>{reason === '' ? t('app.none') : reason}</bdi>
      </Cell>
      <Cell className="flex justify-end max-sm:ms-auto">
        <Button
          kind="quiet"
          size="small"
          aria-label={t('access.endFor', { person: who })}
          reason={grant.mayEnd ? null : t('access.endRefused')}
          busy={busy ? t('accessOf.removing') : null}
          onClick={end}
        >
          {t('access.end')}
        </Button>
      </Cell>
    </>
  );
}
