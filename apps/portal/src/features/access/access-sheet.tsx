'use client';

import type { AccessRow } from '../../server/access/access-report.ts';
import type { GrantRow } from '../../server/grants/list-grants.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { exactTime } from '../../ui/format-time.ts';
import { KeyValue, KeyValues } from '../../ui/key-values.tsx';
import { useWords } from '../../words/use-words.ts';
import { giftWord } from '../sharing/gift-word.ts';
import { useEndGrant } from '../sharing/use-end-grant.ts';
import { barrierWord, causeOf, grantsOf } from './causes-of.ts';

interface AccessSheetProps {
  org: string;
  title: string;
  row: AccessRow;
  grants: readonly GrantRow[];
  onClose: () => void;
}

/** Everything that gives one person rights on one machine: who gave it, when, why, until when; and taking it back. */
export function AccessSheet({ org, title, row, grants, onClose }: AccessSheetProps) {
  const t = useWords();
  return (
    <Dialog form="sheet" open onClose={onClose} title={title}>
      <div className="grid gap-8">
        {row.barred !== null && <p className="text-warn">{barrierWord(row.barred, t)}</p>}
        {row.byRole && <p>{t('accessOf.byRoleSentence')}</p>}
        {grantsOf(row, grants).map((grant) => (
          <OneGrant key={grant.id} org={org} grant={grant} />
        ))}
      </div>
    </Dialog>
  );
}

function OneGrant({ org, grant }: { org: string; grant: GrantRow }) {
  const t = useWords();
  const who = grant.person?.name ?? t('access.team', { team: grant.team?.name ?? '' });
  const { end, busy } = useEndGrant(org, grant, who);
  return (
    <section className="grid gap-3">
      <h3 className="font-medium">{causeOf(grant, t)}</h3>
      <KeyValues>
        <KeyValue label={t('access.role')}>{giftWord(grant, t)}</KeyValue>
        <KeyValue label={t('access.until')}>
          {grant.endsAt === null ? t('access.noEnd') : exactTime(grant.endsAt)}
        </KeyValue>
        <KeyValue label={t('access.because')}>
          <bdi>{grant.reason === '' ? t('app.none') : grant.reason}</bdi>
        </KeyValue>
        <KeyValue label={t('access.by')}>
          <bdi translate="no">{grant.givenBy ?? t('app.none')}</bdi>
        </KeyValue>
        <KeyValue label={t('accessOf.since')}>{exactTime(grant.createdAt)}</KeyValue>
      </KeyValues>
      {grant.team !== null || grant.target.kind !== 'vm' ? (
        <p className="text-ink-2 text-sm">{t('accessOf.wide')}</p>
      ) : null}
      <div>
        <Button
          aria-label={t('accessOf.removeOf', { person: who })}
          reason={grant.mayEnd ? null : t('access.endRefused')}
          busy={busy ? t('accessOf.removing') : null}
          onClick={end}
        >
          {t('accessOf.remove')}
        </Button>
      </div>
    </section>
  );
}
