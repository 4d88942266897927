import { ACTS_OF_ROLE } from '@porthole/rbac';
import { Tabs } from '../../ui/tabs.tsx';
import { useWords } from '../../words/use-words.ts';
import { useOrganisation } from '../account/use-me.ts';

/** People and their invitations; who may not invite sees people alone, without tabs. */
export function PeopleTabs({ org }: { org: string }) {
  const t = useWords();
  const organisation = useOrganisation(org);
  if (organisation === null || !ACTS_OF_ROLE[organisation.role].includes('people.invite')) return null;
  return (
    <div className="pb-4">
      <Tabs
        label={t('people.title')}
        tabs={[
          { href: `/o/${org}/people`, label: t('people.title') },
          { href: `/o/${org}/invitations`, label: t('invitations.title') },
        ]}
      />
    </div>
  );
}
