'use client';

import { RIGHTS, type Right } from '@porthole/rbac';
import type { PersonPreview, ReceiverPreview } from '../../server/grants/preview-grant.ts';
import { untilTime } from '../../ui/format-time.ts';
import { useWords, type Words } from '../../words/use-words.ts';
import type { Until } from './until-field.tsx';

interface SharePreviewProps {
  /** Nobody is chosen yet. */
  nobody: boolean;
  /** Null while it is not known yet. */
  preview: { machines: number; receivers: readonly ReceiverPreview[] } | null;
  error: string | null;
  until: Until;
}

/** What the grant would change: a sentence for each person and team, a team's people by name where that is asked. */
export function SharePreview({ nobody, preview, error, until }: SharePreviewProps) {
  const t = useWords();
  return (
    <section
      aria-live="polite"
      aria-label={t('share.previewTitle')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: many sentences scroll, and a keyboard has to reach them
      tabIndex={0}
      className="grid max-h-32 gap-2 overflow-y-auto text-ink-2 text-sm"
      data-testid="share-preview"
    >
      {nobody ? (
        <p>{t('share.previewNobody')}</p>
      ) : error !== null ? (
        <p className="text-bad">{error}</p>
      ) : preview === null ? (
        <p>{t('share.previewLoading')}</p>
      ) : (
        preview.receivers.map((receiver) =>
          receiver.kind === 'person' ? (
            receiver.people.map((person) => (
              <p key={person.id}>{personSentence(person, preview.machines, until, t)}</p>
            ))
          ) : (
            <TeamPreview key={receiver.id} team={receiver} />
          ),
        )
      )}
    </section>
  );
}

function TeamPreview({ team }: { team: ReceiverPreview }) {
  const t = useWords();
  const gaining = team.people.filter(({ gains }) => gains.length > 0);
  const gains = [...new Set(gaining.flatMap((person) => person.gains))];
  return (
    <div className="grid gap-1">
      <p>
        {t('share.previewTeam', {
          team: team.name,
          people: team.people.length,
          gain: gaining.length,
          could: team.people.length - gaining.length,
          rights: namesOf(gains, t),
        })}
      </p>
      {team.people.length > 0 && (
        <details>
          <summary className="inline-flex min-h-6 cursor-pointer items-center text-link">
            {t('share.seeNames')}
          </summary>
          <ul aria-label={t('share.namesOf', { team: team.name })} className="grid gap-1 ps-4">
            {team.people.map((person) => (
              <li key={person.id}>
                <bdi translate="no" className="text-ink">
                  {person.name}
                </bdi>
                {': '}
                {person.gains.length > 0
                  ? namesOf(person.gains, t)
                  : t(person.barred ? 'share.barred' : 'share.gainsNothing')}
              </li>
            ))}
          </ul>
          {team.more && <p>{t('share.more')}</p>}
        </details>
      )}
    </div>
  );
}

function personSentence(person: PersonPreview, machines: number, until: Until, t: Words): string {
  const { name, had, gains, barred } = person;
  return t('share.previewPerson', {
    person: name,
    gains: gains.length === 0 ? 'none' : 'some',
    had: (gains.length === 0 ? barred : had.length === 0) ? 'none' : 'some',
    rights: doing(
      RIGHTS.filter((right) => had.includes(right) || gains.includes(right)),
      t,
    ),
    rightsNow: doing(had, t),
    until: until.endsAt === null ? 'never' : 'time',
    time: until.endsAt === null ? '' : untilTime(until.endsAt, until.now),
    wide: machines === 1 ? 'no' : 'yes',
    n: person.machines,
  });
}

function doing(rights: readonly Right[], t: Words): string {
  return inLine(rights.map((right) => t(`rightDo.${right}`)));
}

function namesOf(rights: readonly Right[], t: Words): string {
  return inLine(rights.map((right) => t(`right.${right}`)));
}

function inLine(words: readonly string[]): string {
  return new Intl.ListFormat('en-GB').format(words);
}
