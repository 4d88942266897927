'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { AllotmentDraft } from '../../server/allotment/draft.ts';
import type { AllotmentPreview, MoveRow } from '../../server/allotment/preview-allotment.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { FieldError } from '../../ui/field.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useWords, type Words } from '../../words/use-words.ts';
import { MoveRows } from './move-rows.tsx';

const SKELETON_ROWS = 4;

interface MovePreviewProps {
  org: string;
  poolId: string;
  draft: AllotmentDraft;
  onBack: () => void;
  /** @param version of the rules and hands that are saved by it */
  onApplied: (version: number) => void;
}

/** Exactly what a draft moves, from whom to whom and who is hit; the one place from which it can be applied. */
export function MovePreview({ org, poolId, draft, onBack, onApplied }: MovePreviewProps) {
  const t = useWords();
  const trpc = useTRPC();
  const client = useQueryClient();
  const toast = useToast();
  const heading = useRef<HTMLHeadingElement>(null);
  const [rows, setRows] = useState<readonly MoveRow[]>([]);
  const [asking, setAsking] = useState(false);
  const look = useMutation(
    trpc.allotment.preview.mutationOptions({
      onSuccess: (page, { cursor }) => {
        // A page of another list than the one before it: what moves has changed, and is shown from its beginning.
        if (cursor != null && page.seen !== seen.current) begin.current();
        else setRows((old) => (cursor == null ? page.rows : [...old, ...page.rows]));
      },
    }),
  );
  const seen = useRef<string | null>(null);
  const preview = look.data;
  const apply = useMutation(
    trpc.allotment.change.mutationOptions({
      onSuccess: ({ moved, left, version }) => {
        toast(t('allotment.applied', { n: moved, left }));
        onApplied(version);
      },
      onSettled: async () => {
        setAsking(false);
        await Promise.all([
          client.invalidateQueries(trpc.allotment.pathFilter()),
          client.invalidateQueries(trpc.machines.pathFilter()),
        ]);
      },
    }),
  );
  const start = () => look.mutate({ org, id: poolId, draft });
  const begin = useRef(start);
  useEffect(() => {
    begin.current();
    heading.current?.focus();
  }, []);
  const more = (from: AllotmentPreview) => {
    seen.current = from.seen;
    look.mutate({ org, id: poolId, draft, cursor: from.nextCursor });
  };
  const run = (from: AllotmentPreview) => apply.mutate({ org, id: poolId, draft, seen: from.seen });
  const fault = look.isError ? apiErrorOf(look.error) : apply.isError ? apiErrorOf(apply.error) : null;
  return (
    <section className="grid gap-6">
      <div className="grid gap-1">
        <h2 ref={heading} tabIndex={-1} className="font-medium text-lg outline-none">
          {t('allotment.previewTitle')}
        </h2>
        <p role="status" className="max-w-[68ch] text-ink-2">
          {preview === undefined ? t('allotment.counting') : t('allotment.total', { n: preview.total })}
        </p>
        {preview !== undefined && preview.total > 0 && (
          <p className="max-w-[68ch] text-ink-2">{hitSentence(preview, t)}</p>
        )}
      </div>
      {preview === undefined && look.isPending && (
        <SkeletonRows rows={SKELETON_ROWS} columns={['24%', '40%', '16%']} />
      )}
      {preview !== undefined && preview.total > 0 && (
        <MoveRows
          preview={preview}
          rows={rows}
          busy={look.isPending}
          onMore={preview.nextCursor === null ? null : () => more(preview)}
        />
      )}
      {fault !== null && <FieldError id="allotment-fault">{fault.message}</FieldError>}
      <div className="flex flex-wrap gap-2">
        {preview !== undefined && fault === null && (
          <Button
            kind="primary"
            busy={apply.isPending ? t('allotment.moving') : look.isPending ? t('app.loading') : null}
            onClick={() => (preview.total === 0 ? run(preview) : setAsking(true))}
          >
            {preview.total === 0 ? t('allotment.save') : t('allotment.move', { n: preview.total })}
          </Button>
        )}
        {fault !== null && (
          <Button
            onClick={() => {
              apply.reset();
              start();
            }}
            busy={look.isPending ? t('allotment.again') : null}
          >
            {t('allotment.again')}
          </Button>
        )}
        <Button onClick={onBack}>{t('allotment.back')}</Button>
      </div>
      {preview !== undefined && (
        <ConfirmDialog
          open={asking}
          onClose={() => setAsking(false)}
          title={questionOf(preview, t)}
          sentence={hitSentence(preview, t)}
          button={t('allotment.move', { n: preview.total })}
          busy={apply.isPending ? t('allotment.moving') : null}
          onConfirm={() => run(preview)}
        >
          <p className="text-ink-2 text-sm">{t('allotment.after', { n: preview.total })}</p>
        </ConfirmDialog>
      )}
    </section>
  );
}

function questionOf({ total, rows, ways }: AllotmentPreview, t: Words): string {
  const to = [...new Set(ways.map((way) => way.to.name))];
  return t('allotment.question', {
    n: total,
    machine: rows[0]?.name ?? '',
    to: to[0] ?? '',
    places: to.length,
  });
}

/** Who is hit now (design §4). */
function hitSentence({ total, hit }: AllotmentPreview, t: Words): string {
  return t('allotment.hit', { n: total, ...hit });
}
