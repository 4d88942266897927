'use client';

import type { Right } from '@porthole/rbac';
import { lazy, Suspense, useState } from 'react';
import { MAX_MACHINES_SHARED } from '../../server/grants/grant-limits.ts';
import { Button } from '../../ui/button.tsx';
import { useWords, type Words } from '../../words/use-words.ts';
import type { SharedMachine } from './over-field.tsx';

const ShareDialog = lazy(() => import('./share-dialog.tsx').then((file) => ({ default: file.ShareDialog })));

interface BulkShareProps {
  org: string;
  machines: readonly (SharedMachine & { rights: readonly Right[] })[];
}

/** Shares the machines that are selected, in one dialog; only those of them that one may share. */
export function BulkShare({ org, machines }: BulkShareProps) {
  const t = useWords();
  const [sharing, setSharing] = useState<readonly SharedMachine[] | null>(null);
  const able = machines.filter(({ rights }) => rights.includes('share'));
  return (
    <>
      <Button reason={whyNot(able.length, t)} onClick={() => setSharing(able)}>
        {able.length === 0 || able.length === machines.length
          ? t('share.bulk')
          : t('share.bulkSome', { n: able.length, all: machines.length })}
      </Button>
      <Suspense>
        {sharing !== null && <ShareDialog org={org} machines={sharing} onClose={() => setSharing(null)} />}
      </Suspense>
    </>
  );
}

function whyNot(able: number, t: Words): string | null {
  if (able === 0) return t('share.bulkNone');
  return able > MAX_MACHINES_SHARED ? t('share.bulkMost', { n: MAX_MACHINES_SHARED }) : null;
}
