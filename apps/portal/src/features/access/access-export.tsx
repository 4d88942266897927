'use client';

import { useMutation } from '@tanstack/react-query';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { saveFile } from '../../ui/save-file.ts';
import { useToast } from '../../ui/toast.tsx';
import { useWords } from '../../words/use-words.ts';
import type { Subject } from './access-page.tsx';

interface AccessExportProps {
  org: string;
  about: Subject;
  of: { id: string; name: string };
}

/** The whole report as a file for a spreadsheet; the log says that it was taken. */
export function AccessExport({ org, about, of }: AccessExportProps) {
  const t = useWords();
  const toast = useToast();
  const trpc = useTRPC();
  const take = useMutation(
    trpc.access.export.mutationOptions({
      onSuccess: ({ csv }) =>
        saveFile(`access-${of.name}.csv`, new Blob([csv], { type: 'text/csv;charset=utf-8' })),
      onError: (error) => toast(apiErrorOf(error).message),
    }),
  );
  return (
    <Button
      size="small"
      aria-label={t('accessOf.exportOf', { name: of.name })}
      busy={take.isPending ? t('accessOf.exporting') : null}
      onClick={() => take.mutate({ org, about, id: of.id })}
    >
      {t('accessOf.export')}
    </Button>
  );
}
