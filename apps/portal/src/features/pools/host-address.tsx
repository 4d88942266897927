'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { PoolHost } from '../../server/pools/get-pool.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useWords } from '../../words/use-words.ts';

interface HostAddressProps {
  org: string;
  poolId: string;
  host: PoolHost;
}

/** Gives a host the address under which it is reached from here, or takes it back. */
export function HostAddress({ org, poolId, host }: HostAddressProps) {
  const t = useWords();
  const [open, setOpen] = useState(false);
  if (host.trust === 'confirmed') return null;
  return (
    <>
      <Button
        size="small"
        kind="quiet"
        onClick={() => setOpen(true)}
        aria-label={t('pools.hostAddress.changeOf', { host: host.name })}
      >
        {t('pools.hostAddress.change')}
      </Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title={t('pools.hostAddress.title', { host: host.name })}
        description={t('pools.hostAddress.sentence', { address: host.address || t('app.none') })}
      >
        <HostAddressForm org={org} poolId={poolId} host={host} onDone={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function HostAddressForm({ org, poolId, host, onDone }: HostAddressProps & { onDone: () => void }) {
  const t = useWords();
  const trpc = useTRPC();
  const client = useQueryClient();
  const toast = useToast();
  const [address, setAddress] = useState(host.overrideAddress ?? '');
  const [missing, setMissing] = useState(false);
  const change = useMutation(
    trpc.pools.setHostAddress.mutationOptions({
      onSuccess: () => {
        toast(t('pools.hostAddress.changed', { host: host.name }));
        void client.invalidateQueries(trpc.pools.pathFilter());
        onDone();
      },
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setMissing(address.trim() === '');
    if (address.trim() !== '') change.mutate({ org, id: poolId, hostId: host.id, address });
  };
  const error = change.isError
    ? apiErrorOf(change.error).message
    : missing && address.trim() === ''
      ? t('pools.hostAddress.missing')
      : null;
  return (
    <form onSubmit={submit} method="post" noValidate className="grid gap-6">
      <Field
        label={t('pools.hostAddress.label')}
        hint={t('addPool.addressHint')}
        value={address}
        onChange={(next) => {
          setAddress(next);
          change.reset();
        }}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={255}
        error={error}
        mono
      />
      <DialogActions>
        {host.overrideAddress !== null && (
          <Button onClick={() => change.mutate({ org, id: poolId, hostId: host.id, address: null })}>
            {t('pools.hostAddress.own')}
          </Button>
        )}
        <Button type="submit" kind="primary" busy={change.isPending ? t('pools.hostAddress.save') : null}>
          {t('pools.hostAddress.save')}
        </Button>
      </DialogActions>
    </form>
  );
}
