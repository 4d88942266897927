import { ACTS_OF_ROLE, type TenantAct } from '@porthole/rbac';
import { Tabs } from '../../ui/tabs.tsx';
import { useWords } from '../../words/use-words.ts';
import { useOrganisation } from '../account/use-me.ts';

/** Policy, support and locks: what an organisation decides about itself; each for who may read it. */
export function PolicyTabs({ org }: { org: string }) {
  const t = useWords();
  const organisation = useOrganisation(org);
  if (organisation === null) return null;
  const acts: readonly TenantAct[] = ACTS_OF_ROLE[organisation.role];
  const readsSupport = acts.includes(organisation.kind === 'provider' ? 'support.enter' : 'support.read');
  const tabs = [
    ...(acts.includes('policy.read') ? [{ href: `/o/${org}/policy`, label: t('policy.title') }] : []),
    ...(readsSupport ? [{ href: `/o/${org}/support`, label: t('support.title') }] : []),
    ...(acts.includes('locks.read') ? [{ href: `/o/${org}/settings/lock`, label: t('lock.title') }] : []),
  ];
  if (tabs.length < 2) return null;
  return (
    <div className="pb-4">
      <Tabs label={t('policy.title')} tabs={tabs} />
    </div>
  );
}
