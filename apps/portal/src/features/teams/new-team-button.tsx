'use client';

import { ACTS_OF_ROLE } from '@porthole/rbac';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { usePageKeys } from '../../ui/page-keys.ts';
import { useWords } from '../../words/use-words.ts';
import { useOrganisation } from '../account/use-me.ts';
import { TeamNameDialog } from './team-name-dialog.tsx';

/** The one thing to do on the page of teams; `n` does it too. */
export function NewTeamButton({ org }: { org: string }) {
  const t = useWords();
  const router = useRouter();
  const organisation = useOrganisation(org);
  const [open, setOpen] = useState(false);
  const may = organisation !== null && ACTS_OF_ROLE[organisation.role].includes('teams.manage');
  usePageKeys({ n: may ? () => setOpen(true) : null });
  if (organisation === null) return null;
  return (
    <>
      <Button kind="primary" reason={may ? null : t('teams.noManage')} onClick={() => setOpen(true)}>
        {t('teams.new')}
      </Button>
      {open && (
        <TeamNameDialog
          org={org}
          team={null}
          onClose={() => setOpen(false)}
          onDone={({ id }) => router.push(`/o/${org}/teams/${id}`)}
        />
      )}
    </>
  );
}
