'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { exactTime, shortTime } from '../../ui/format-time.ts';
import { useToast } from '../../ui/toast.tsx';
import { useWords } from '../../words/use-words.ts';
import { type Passkey, PasskeyList } from './passkey-list.tsx';

interface FactorSummaryProps {
  factor: { appSince: Date | null; passkeys: readonly Passkey[]; recoveryCodesLeft: number };
  onAddPasskey: () => void;
  onSetUp: () => void;
  onCodes: (codes: readonly string[]) => void;
}

/** What there is of a second factor, and what can be done about it. */
export function FactorSummary({ factor, onAddPasskey, onSetUp, onCodes }: FactorSummaryProps) {
  const { appSince, passkeys, recoveryCodesLeft } = factor;
  return (
    <div className="grid gap-8">
      <PasskeyList passkeys={passkeys} hasApp={appSince !== null} onAdd={onAddPasskey} />
      {appSince === null ? (
        <NoApp onSetUp={onSetUp} />
      ) : (
        <WithApp since={appSince} isLast={passkeys.length === 0} />
      )}
      {(appSince !== null || passkeys.length > 0) && (
        <CodesForRecovery left={recoveryCodesLeft} onCodes={onCodes} />
      )}
    </div>
  );
}

function NoApp({ onSetUp }: { onSetUp: () => void }) {
  const t = useWords();
  return (
    <section aria-labelledby="app-title" className="grid max-w-[68ch] justify-items-start gap-4">
      <h2 id="app-title" className="font-medium text-lg">
        {t('security.app.codes')}
      </h2>
      <p className="text-ink-2">{t('security.app.none')}</p>
      <Button onClick={onSetUp}>{t('security.app.setUp')}</Button>
    </section>
  );
}

function WithApp({ since, isLast }: { since: Date; isLast: boolean }) {
  const t = useWords();
  const trpc = useTRPC();
  const client = useQueryClient();
  const toast = useToast();
  const [asking, setAsking] = useState(false);
  const turnOff = useMutation(
    trpc.auth.turnFactorOff.mutationOptions({
      onSuccess: async () => {
        await client.invalidateQueries(trpc.auth.pathFilter());
        toast(t('security.app.turnedOff'));
      },
      onError: (error) => toast(apiErrorOf(error).message),
    }),
  );
  return (
    <section aria-labelledby="app-title" className="grid max-w-[68ch] justify-items-start gap-4">
      <h2 id="app-title" className="font-medium text-lg">
        {t('security.app.codes')}
      </h2>
      <p className="text-ink-2">
        <time dateTime={since.toISOString()} title={exactTime(since)}>
          {t('security.app.since', { time: shortTime(since) })}
        </time>
      </p>
      <Button onClick={() => setAsking(true)}>{t('security.app.turnOff')}</Button>
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        title={t('security.off.title')}
        sentence={t(isLast ? 'security.off.sentence' : 'security.off.passkeysStay')}
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

function CodesForRecovery({ left, onCodes }: { left: number; onCodes: FactorSummaryProps['onCodes'] }) {
  const t = useWords();
  const trpc = useTRPC();
  const client = useQueryClient();
  const toast = useToast();
  const makeCodes = useMutation(
    trpc.auth.makeCodes.mutationOptions({
      onSuccess: async ({ recoveryCodes }) => {
        await client.invalidateQueries(trpc.auth.pathFilter());
        onCodes(recoveryCodes);
      },
      onError: (error) => toast(apiErrorOf(error).message),
    }),
  );
  return (
    <section aria-labelledby="recovery-title" className="grid max-w-[68ch] justify-items-start gap-4">
      <h2 id="recovery-title" className="font-medium text-lg">
        {t('security.recovery.title')}
      </h2>
      <p className="tabular text-ink-2">{t('security.recovery.left', { n: left })}</p>
      <Button
        onClick={() => makeCodes.mutate()}
        busy={makeCodes.isPending ? t('security.recovery.making') : null}
      >
        {t('security.recovery.make')}
      </Button>
    </section>
  );
}
