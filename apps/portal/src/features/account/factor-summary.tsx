'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { exactTime, shortTime } from '../../ui/format-time.ts';
import { KeyValue, KeyValues } from '../../ui/key-values.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useWords } from '../../words/use-words.ts';

interface FactorSummaryProps {
  factor: { appSince: Date | null; recoveryCodesLeft: number };
  onSetUp: () => void;
  onCodes: (codes: readonly string[]) => void;
}

/** What there is of a second factor, and what can be done about it. */
export function FactorSummary({ factor, onSetUp, onCodes }: FactorSummaryProps) {
  const t = useWords();
  if (factor.appSince === null)
    return (
      <section aria-labelledby="app-title" className="grid max-w-[68ch] justify-items-start gap-2">
        <h2 id="app-title" className="font-medium text-lg">
          {t('security.app.title')}
        </h2>
        <p className="pb-4 text-ink-2">{t('security.app.none')}</p>
        <Button kind="primary" onClick={onSetUp}>
          {t('security.app.setUp')}
        </Button>
      </section>
    );
  return <WithApp since={factor.appSince} left={factor.recoveryCodesLeft} onCodes={onCodes} />;
}

interface WithAppProps {
  since: Date;
  left: number;
  onCodes: FactorSummaryProps['onCodes'];
}

function WithApp({ since, left, onCodes }: WithAppProps) {
  const t = useWords();
  const trpc = useTRPC();
  const client = useQueryClient();
  const toast = useToast();
  const [asking, setAsking] = useState(false);
  const refresh = () => client.invalidateQueries(trpc.auth.pathFilter());
  const makeCodes = useMutation(
    trpc.auth.makeCodes.mutationOptions({
      onSuccess: async ({ recoveryCodes }) => {
        await refresh();
        onCodes(recoveryCodes);
      },
      onError: (error) => toast(apiErrorOf(error).message),
    }),
  );
  const turnOff = useMutation(
    trpc.auth.turnFactorOff.mutationOptions({
      onSuccess: async () => {
        await refresh();
        toast(t('security.app.turnedOff'));
      },
      onError: (error) => toast(apiErrorOf(error).message),
    }),
  );
  return (
    <section aria-labelledby="app-title" className="grid max-w-[68ch] gap-4">
      <h2 id="app-title" className="font-medium text-lg">
        {t('security.app.title')}
      </h2>
      <KeyValues>
        <KeyValue label={t('security.app.codes')}>
          <time dateTime={since.toISOString()} title={exactTime(since)}>
            {t('security.app.since', { time: shortTime(since) })}
          </time>
        </KeyValue>
        <KeyValue label={t('security.recovery.title')}>
          <span className="tabular">{t('security.recovery.left', { n: left })}</span>
        </KeyValue>
      </KeyValues>
      <div className="flex flex-wrap gap-2 pt-2">
        <Button
          onClick={() => makeCodes.mutate()}
          busy={makeCodes.isPending ? t('security.recovery.making') : null}
        >
          {t('security.recovery.make')}
        </Button>
        <Button kind="quiet" onClick={() => setAsking(true)}>
          {t('security.app.turnOff')}
        </Button>
      </div>
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        title={t('security.off.title')}
        sentence={t('security.off.sentence')}
        button={t('security.app.turnOff')}
        onConfirm={() => {
          // Closed first: the question who it is may follow, and one layer never opens another.
          setAsking(false);
          turnOff.mutate();
        }}
      />
    </section>
  );
}
