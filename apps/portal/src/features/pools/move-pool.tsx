'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { Pool } from '../../server/pools/get-pool.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { FieldError } from '../../ui/field.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useWords } from '../../words/use-words.ts';
import { AccountFields, useAccountDraft } from './account-fields.tsx';
import { AddressStep, type Probe } from './address-step.tsx';
import { FingerprintStep } from './fingerprint-step.tsx';
import { StepSection } from './step-section.tsx';

interface MovePoolProps {
  org: string;
  pool: Pool;
  /** The address that stands in the field at first. */
  wanted: string;
}

/** Another address, or another certificate at the same one: looked at, compared, and then the password for it. */
export function MovePool({ org, pool, wanted }: MovePoolProps) {
  const t = useWords();
  const [probe, setProbe] = useState<Probe | null>(null);
  const [pin, setPin] = useState<string | null>(null);
  return (
    <div className="grid gap-6">
      <AddressStep
        org={org}
        initial={wanted}
        onProbe={(next) => {
          setProbe(next);
          setPin(null);
        }}
      />
      {probe !== null && (
        <FingerprintStep
          key={probe.id}
          org={org}
          probeId={probe.id}
          confirmed={pin !== null}
          onConfirm={setPin}
        />
      )}
      {probe !== null && pin !== null && (
        <StepSection title={t('addPool.account')}>
          <MoveForm
            org={org}
            pool={pool}
            to={{ address: probe.address, pin }}
            onMoved={() => {
              setProbe(null);
              setPin(null);
            }}
          />
        </StepSection>
      )}
    </div>
  );
}

interface MoveFormProps {
  org: string;
  pool: Pool;
  to: { address: string; pin: string };
  onMoved: () => void;
}

function MoveForm({ org, pool, to, onMoved }: MoveFormProps) {
  const t = useWords();
  const trpc = useTRPC();
  const client = useQueryClient();
  const toast = useToast();
  const account = useAccountDraft(pool.accounts[0]?.username);
  const move = useMutation(
    trpc.pools.move.mutationOptions({
      onSuccess: () => {
        toast(t('pools.moved', { pool: pool.displayName }));
        void client.invalidateQueries(trpc.pools.pathFilter());
        onMoved();
      },
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!account.check()) return;
    const { username, password } = account;
    move.mutate({ org, id: pool.id, ...to, username, password });
  };
  return (
    <form onSubmit={submit} method="post" noValidate className="grid gap-4">
      <AccountFields draft={account} />
      {move.isError && <FieldError id="move-error">{apiErrorOf(move.error).message}</FieldError>}
      <div>
        <Button type="submit" kind="primary" busy={move.isPending ? t('pools.move') : null}>
          {t('pools.move')}
        </Button>
      </div>
    </form>
  );
}
