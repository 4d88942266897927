import { useWords } from '../../words/use-words.ts';
import type { ShownInvitation } from './shown-invitation.ts';

/** The teams that one joins with an invitation; nothing where there are none. */
export function JoinedTeams({ invitation: { teams } }: { invitation: ShownInvitation }) {
  const t = useWords();
  if (teams.length === 0) return null;
  return (
    <section aria-label={t('invitation.teams')} className="grid gap-1">
      <p className="text-ink-2">{t('invitation.teams')}</p>
      <ul className="grid list-disc gap-1 ps-6">
        {teams.map((name) => (
          <li key={name}>
            <bdi translate="no">{name}</bdi>
          </li>
        ))}
      </ul>
    </section>
  );
}
