'use client';

import { useMutation } from '@tanstack/react-query';
import { useParams, useSearchParams } from 'next/navigation';
import { type FormEvent, useEffect, useState } from 'react';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { Field, FieldError } from '../../ui/field.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { useWords } from '../../words/use-words.ts';
import { useOrganisation } from '../account/use-me.ts';
import { AccountFields, useAccountDraft } from './account-fields.tsx';
import { AddressStep } from './address-step.tsx';
import { FingerprintStep } from './fingerprint-step.tsx';
import { keepDraft, keptName, keptUser } from './kept-draft.ts';
import { PoolArrival } from './pool-arrival.tsx';
import { StepSection } from './step-section.tsx';
import { useProbed } from './use-probed.ts';

const HTTPS_PORT = 443;

/** That somebody compared the fingerprint that a look at an address brought. */
interface Confirmed {
  probeId: string;
  pin: string;
}

/**
 * Address, fingerprint, account, and then what happens: a step opens under the one before. The address of the page holds how far one
 * is, so that back, reload and a bookmark keep it; a fingerprint is confirmed anew each time, since a link may be anybody's.
 */
export function AddPoolPage() {
  const t = useWords();
  const { org } = useParams<{ org: string }>();
  const organisation = useOrganisation(org);
  const asked = useSearchParams();
  const [probeId, poolId] = [asked.get('probe'), asked.get('pool')];
  const [confirmed, setConfirmed] = useState<Confirmed | null>(null);
  const probed = useProbed(org, poolId === null ? probeId : null);
  const [resumed] = useState(probeId);
  const pin = confirmed !== null && confirmed.probeId === probeId ? confirmed.pin : null;
  const step = poolId !== null ? 4 : pin !== null ? 3 : probeId !== null ? 2 : 1;
  const go = (next: Record<string, string>) => {
    const query = new URLSearchParams(next).toString();
    const address = `/o/${org}/pools/new${query === '' ? '' : `?${query}`}`;
    if (address !== location.pathname + location.search) window.history.pushState(null, '', address);
  };
  return (
    <>
      <title>{t('app.title', { page: t('addPool.title'), org: organisation?.name ?? org })}</title>
      <PageHead
        title={t('addPool.title')}
        crumbs={[{ href: `/o/${org}/pools`, label: t('pools.title') }]}
        crumbsLabel={t('nav.crumbs')}
      />
      <div className="grid max-w-[560px] gap-8">
        {poolId === null &&
          (probeId !== null && probeId === resumed && probed.isPending ? (
            <SkeletonRows rows={1} columns={['100%']} />
          ) : (
            <AddressStep
              org={org}
              initial={probed.data === undefined ? '' : addressOf(probed.data)}
              onProbe={(next) => go(next === null ? {} : { probe: next.id })}
            />
          ))}
        {probeId !== null && poolId === null && (
          <FingerprintStep
            key={probeId}
            org={org}
            probeId={probeId}
            confirmed={pin !== null}
            onConfirm={(seen) => setConfirmed(seen === null ? null : { probeId, pin: seen })}
          />
        )}
        {pin !== null && probed.data !== undefined && poolId === null && (
          <AccountStep
            org={org}
            address={addressOf(probed.data)}
            pin={pin}
            onAdded={(pool) => go({ pool })}
          />
        )}
        {poolId !== null && <PoolArrival org={org} poolId={poolId} />}
      </div>
      <p aria-live="polite" className="sr-only">
        {t('addPool.step', { n: step, all: 4 })}
      </p>
    </>
  );
}

/** As `pools.add` reads it. */
function addressOf({ address, port }: { address: string; port: number }): string {
  const host = address.includes(':') ? `[${address}]` : address;
  return port === HTTPS_PORT ? host : `${host}:${port}`;
}

interface AccountStepProps {
  org: string;
  address: string;
  pin: string;
  onAdded: (poolId: string) => void;
}

function AccountStep({ org, address, pin, onAdded }: AccountStepProps) {
  const t = useWords();
  const trpc = useTRPC();
  const [displayName, setDisplayName] = useState(keptName);
  const account = useAccountDraft(keptUser());
  useEffect(() => keepDraft(displayName, account.username), [displayName, account.username]);
  const add = useMutation(
    trpc.pools.add.mutationOptions({
      onSuccess: ({ poolId }) => {
        keepDraft('', '');
        onAdded(poolId);
      },
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!account.check() || displayName.trim() === '') return;
    const { username, password } = account;
    add.mutate({ org, displayName, address, pin, username, password });
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
