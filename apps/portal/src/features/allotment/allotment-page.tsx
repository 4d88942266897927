'use client';

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { AllotmentDraft } from '../../server/allotment/draft.ts';
import type { PoolAllotment } from '../../server/allotment/read-allotment.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { useWords } from '../../words/use-words.ts';
import { QueryFault } from '../navigation/query-fault.tsx';
import { usePool } from '../pools/use-pool.ts';
import { AllottedMachines } from './allotted-machines.tsx';
import type { HandsPicked } from './hand-dialog.tsx';
import { MovePreview } from './move-preview.tsx';
import { asRules } from './rule-draft.ts';
import { RulesSection } from './rules-section.tsx';
import { useRuleDrafts } from './use-rule-drafts.ts';

const SKELETON_ROWS = 6;

/** Whose the machines of a pool are: its rules, hands, and a preview without which nothing moves. */
export function AllotmentPage() {
  const { org, id } = usePool();
  const trpc = useTRPC();
  const query = useQuery(trpc.allotment.read.queryOptions({ org, id }));
  if (query.data !== undefined) return <Allotment org={org} poolId={id} saved={query.data} />;
  if (query.isError)
    return <QueryFault error={apiErrorOf(query.error)} onRetry={() => void query.refetch()} />;
  return <SkeletonRows rows={SKELETON_ROWS} columns={['6%', '40%', '12%']} />;
}

function Allotment({ org, poolId, saved }: { org: string; poolId: string; saved: PoolAllotment }) {
  const t = useWords();
  const drafts = useRuleDrafts(saved);
  const [previewed, setPreviewed] = useState<AllotmentDraft | null>(null);
  const rules = asRules(drafts.rules);
  const preview = (hands: AllotmentDraft['hands']) => setPreviewed({ version: drafts.version, rules, hands });
  const byHand = ({ holder, vms }: HandsPicked) =>
    preview(vms.map(({ vmId }) => ({ vmId, holder: holder?.slug ?? null })));
  if (previewed !== null)
    return (
      <MovePreview
        org={org}
        poolId={poolId}
        draft={previewed}
        onBack={() => setPreviewed(null)}
        onApplied={(version) => {
          drafts.applied(version);
          setPreviewed(null);
        }}
      />
    );
  return (
    <div className="grid gap-12">
      <div className="grid gap-4">
        <RulesSection org={org} saved={saved} drafts={drafts} />
        {drafts.isMeanwhile && (
          <div role="status" className="grid gap-2 border-warn! border-s-2 ps-4">
            <p>{t('allotment.meanwhile')}</p>
            <div className="flex flex-wrap gap-2">
              <Button onClick={drafts.discard}>{t('allotment.theirs')}</Button>
              <Button onClick={drafts.keep}>{t('allotment.mine')}</Button>
            </div>
          </div>
        )}
        {drafts.isChanged && !drafts.isMeanwhile && (
          <div className="flex flex-wrap items-center gap-2">
            <Button kind="primary" onClick={() => preview([])}>
              {t('allotment.preview')}
            </Button>
            <Button onClick={drafts.discard}>{t('allotment.discard')}</Button>
            <p className="text-ink-2 text-sm">{t('allotment.notYet')}</p>
          </div>
        )}
        {!drafts.isChanged && saved.pending > 0 && (
          <div role="status" className="grid gap-2 border-warn! border-s-2 ps-4">
            <p>{t('allotment.pending', { n: saved.pending })}</p>
            <div>
              <Button onClick={() => preview([])}>{t('allotment.preview')}</Button>
            </div>
          </div>
        )}
      </div>
      <AllottedMachines
        org={org}
        poolId={poolId}
        reason={drafts.isChanged ? t('allotment.rulesFirst') : null}
        onHands={byHand}
      />
    </div>
  );
}
