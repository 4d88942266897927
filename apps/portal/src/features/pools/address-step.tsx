'use client';

import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useRef, useState } from 'react';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { useWords } from '../../words/use-words.ts';
import { StepSection } from './step-section.tsx';

/** Where a remedy leads that asks for another address. */
export const ADDRESS_FIELD = 'pool-address';

/** One look at an address. */
export interface Probe {
  id: string;
  address: string;
}

interface AddressStepProps {
  org: string;
  /** What stands in the field at first. */
  initial?: string;
  onProbe: (probe: Probe | null) => void;
}

/** Asks the worker which certificate answers at an address. */
export function AddressStep({ org, initial = '', onProbe }: AddressStepProps) {
  const t = useWords();
  const trpc = useTRPC();
  const [address, setAddress] = useState(initial);
  const [missing, setMissing] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const ask = useMutation(
    trpc.pools.probe.mutationOptions({ onSuccess: ({ probeId }) => onProbe({ id: probeId, address }) }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setMissing(address.trim() === '');
    if (address.trim() === '') {
      field.current?.focus();
      return;
    }
    onProbe(null);
    ask.mutate({ org, address });
  };
  const error = ask.isError
    ? apiErrorOf(ask.error).message
    : missing && address.trim() === ''
      ? t('addPool.addressMissing')
      : null;
  return (
    <StepSection title={t('addPool.address')}>
      <form onSubmit={submit} method="post" noValidate className="grid gap-4">
        <Field
          ref={field}
          name={ADDRESS_FIELD}
          label={t('addPool.addressLabel')}
          hint={t('addPool.addressHint')}
          value={address}
          onChange={(value) => {
            setAddress(value);
            ask.reset();
            onProbe(null);
          }}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          error={error}
          mono
        />
        <div>
          <Button type="submit" kind="primary" busy={ask.isPending ? t('addPool.asking', { address }) : null}>
            {t('addPool.ask')}
          </Button>
        </div>
      </form>
    </StepSection>
  );
}
