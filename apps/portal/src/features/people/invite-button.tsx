'use client';

import { ACTS_OF_ROLE } from '@porthole/rbac';
import { lazy, Suspense, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { usePageKeys } from '../../ui/page-keys.ts';
import { useWords } from '../../words/use-words.ts';
import { useOrganisation } from '../account/use-me.ts';

const InviteDialog = lazy(() =>
  import('./invite-dialog.tsx').then((file) => ({ default: file.InviteDialog })),
);

/** The one thing to do on the pages of people; `i` does it too (design §5). */
export function InviteButton({ org }: { org: string }) {
  const t = useWords();
  const organisation = useOrganisation(org);
  const [open, setOpen] = useState(false);
  const may = organisation !== null && ACTS_OF_ROLE[organisation.role].includes('people.invite');
  usePageKeys({ i: may ? () => setOpen(true) : null });
  if (organisation === null) return null;
  return (
    <>
      <Button kind="primary" reason={may ? null : t('people.noInvite')} onClick={() => setOpen(true)}>
        {t('people.invite')}
      </Button>
      <Suspense>
        {open && <InviteDialog organisation={organisation} onClose={() => setOpen(false)} />}
      </Suspense>
    </>
  );
}
