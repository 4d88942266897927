'use client';

import { useMutation } from '@tanstack/react-query';
import { useParams } from 'next/navigation';
import { type FormEvent, useState } from 'react';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { Field, FieldError } from '../../ui/field.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { useWords } from '../../words/use-words.ts';
import { useOrganisation } from '../account/use-me.ts';
import { AccountFields, useAccountDraft } from './account-fields.tsx';
import { AddressStep } from './address-step.tsx';
import { FingerprintStep, type Probe } from './fingerprint-step.tsx';
import { PoolArrival } from './pool-arrival.tsx';
import { StepSection } from './step-section.tsx';

interface Confirmed {
  address: string;
  pin: string;
}

/** Address, fingerprint, account, and then what happens: a step opens under the one before. */
export function AddPoolPage() {
  const t = useWords();
  const { org } = useParams<{ org: string }>();
  const organisation = useOrganisation(org);
  const [probe, setProbe] = useState<Probe | null>(null);
  const [confirmed, setConfirmed] = useState<Confirmed | null>(null);
  const [poolId, setPoolId] = useState<string | null>(null);
  const step = poolId !== null ? 4 : confirmed !== null ? 3 : probe !== null ? 2 : 1;
  return (
    <>
      <title>{t('app.title', { page: t('addPool.title'), org: organisation?.name ?? org })}</title>
      <PageHead
        title={t('addPool.title')}
        crumbs={[{ href: `/o/${org}/pools`, label: t('pools.title') }]}
        crumbsLabel={t('nav.crumbs')}
      />
      <div className="grid max-w-[560px] gap-8">
        {poolId === null && (
          <AddressStep
            org={org}
            onProbe={(next) => {
              setProbe(next);
              setConfirmed(null);
            }}
          />
        )}
        {probe !== null && poolId === null && (
          <FingerprintStep
            key={probe.id}
            org={org}
            probe={probe}
            confirmed={confirmed !== null}
            onConfirm={(pin) => setConfirmed(pin === null ? null : { address: probe.address, pin })}
          />
        )}
        {confirmed !== null && poolId === null && (
          <AccountStep org={org} confirmed={confirmed} onAdded={setPoolId} />
        )}
        {poolId !== null && <PoolArrival org={org} poolId={poolId} />}
      </div>
      <p aria-live="polite" className="sr-only">
        {t('addPool.step', { n: step, all: 4 })}
      </p>
    </>
  );
}

interface AccountStepProps {
  org: string;
  confirmed: Confirmed;
  onAdded: (poolId: string) => void;
}

function AccountStep({ org, confirmed, onAdded }: AccountStepProps) {
  const t = useWords();
  const trpc = useTRPC();
  const [displayName, setDisplayName] = useState('');
  const account = useAccountDraft();
  const add = useMutation(trpc.pools.add.mutationOptions({ onSuccess: ({ poolId }) => onAdded(poolId) }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!account.check() || displayName.trim() === '') return;
    const { username, password } = account;
    add.mutate({ org, displayName, address: confirmed.address, pin: confirmed.pin, username, password });
  };
  return (
    <StepSection title={t('addPool.account')}>
      <form onSubmit={submit} method="post" noValidate className="grid gap-4">
        <Field
          label={t('addPool.nameLabel')}
          hint={t('addPool.nameHint')}
          value={displayName}
          onChange={setDisplayName}
          autoComplete="off"
          maxLength={80}
          error={account.tried && displayName.trim() === '' ? t('addPool.nameMissing') : null}
        />
        <AccountFields draft={account} />
        <p className="text-ink-2 text-sm">{t('addPool.hostConsoles')}</p>
        {add.isError && <FieldError id="add-error">{apiErrorOf(add.error).message}</FieldError>}
        <div>
          <Button
            type="submit"
            kind="primary"
            busy={add.isPending ? t('addPool.adding', { pool: displayName }) : null}
          >
            {t('addPool.submit')}
          </Button>
        </div>
      </form>
    </StepSection>
  );
}
