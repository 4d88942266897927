import { ACTS_OF_ROLE } from '@porthole/rbac';
import { Tabs } from '../../ui/tabs.tsx';
import { useWords } from '../../words/use-words.ts';
import { useOrganisation } from '../account/use-me.ts';

/** People, their teams and invitations, and guests. */
export function PeopleTabs({ org }: { org: string }) {
  const t = useWords();
  const organisation = useOrganisation(org);
  if (organisation === null) return null;
  const acts: readonly string[] = ACTS_OF_ROLE[organisation.role];
  const [invites, readsGuests] = [acts.includes('people.invite'), acts.includes('grants.list')];
  return (
    <div className="pb-4">
      <Tabs
        label={t('people.title')}
        tabs={[
          { href: `/o/${org}/people`, label: t('people.title') },
          { href: `/o/${org}/teams`, label: t('teams.title') },
          ...(invites ? [{ href: `/o/${org}/invitations`, label: t('invitations.title') }] : []),
          ...(readsGuests ? [{ href: `/o/${org}/guests`, label: t('guests.title') }] : []),
        ]}
      />
    </div>
  );
}
