'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { RadioField } from '../../ui/choice.tsx';
import { CopyChip } from '../../ui/copy-chip.tsx';
import { Field, SecretField } from '../../ui/field.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useWords } from '../../words/use-words.ts';

const USES = ['off', 'beside', 'only'] as const;
const JOINING = ['invited', 'members'] as const;

interface Connection {
  issuer: string;
  clientId: string;
  use: (typeof USES)[number];
  joining: (typeof JOINING)[number];
  version: number;
}

interface ConnectionFormProps {
  org: string;
  /** Null: nothing is set up yet. */
  connection: Connection | null;
  redirectUri: string;
  hasDomain: boolean;
}

/** The issuer, who we are to it, and what it counts for; the secret goes in and never comes out. */
export function ConnectionForm({ org, connection, redirectUri, hasDomain }: ConnectionFormProps) {
  const t = useWords();
  const trpc = useTRPC();
  const client = useQueryClient();
  const toast = useToast();
  const [issuer, setIssuer] = useState(connection?.issuer ?? '');
  const [clientId, setClientId] = useState(connection?.clientId ?? '');
  const [clientSecret, setClientSecret] = useState('');
  const [use, setUse] = useState(connection?.use ?? 'off');
  const [joining, setJoining] = useState(connection?.joining ?? 'invited');
  const [tried, setTried] = useState(false);
  const change = useMutation(
    trpc.singleSignOn.change.mutationOptions({
      onSuccess: async () => {
        toast(t('sso.saved'));
        await client.invalidateQueries(trpc.singleSignOn.pathFilter());
      },
    }),
  );
  const isAddress = /^https:\/\/[^\s?#@]+$/.test(issuer.trim());
  const needsSecret = connection === null || connection.issuer !== issuer.trim();
  const faults = {
    issuer: isAddress ? null : t('sso.issuerFault'),
    clientId: clientId.trim() === '' ? t('sso.clientIdMissing') : null,
    clientSecret: needsSecret && clientSecret === '' ? t('sso.secretMissing') : null,
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (change.isPending || Object.values(faults).some((fault) => fault !== null)) return;
    change.mutate({
      org,
      version: connection?.version ?? 0,
      issuer: issuer.trim(),
      clientId: clientId.trim(),
      clientSecret: clientSecret === '' ? null : clientSecret,
      use,
      joining,
    });
  };
  const shown = (fault: string | null) => (tried ? fault : null);
  return (
    <section aria-labelledby="issuer-title">
      <h2 id="issuer-title" className="pb-4 font-medium text-lg">
        {t('sso.issuerTitle')}
      </h2>
      <form onSubmit={submit} method="post" noValidate className="grid max-w-[520px] grid-cols-1 gap-6">
        <Field
          label={t('sso.issuer')}
          hint={t('sso.issuerHint')}
          type="url"
          inputMode="url"
          autoComplete="off"
          spellCheck={false}
          mono
          value={issuer}
          onChange={setIssuer}
          error={shown(faults.issuer)}
        />
        <div className="grid grid-cols-1 justify-items-start gap-1">
          <p className="font-medium text-sm">{t('sso.redirect')}</p>
          <p className="text-ink-2 text-sm">{t('sso.redirectHint')}</p>
          <CopyChip label={t('sso.redirect')} value={redirectUri} max={60} className="max-w-full" />
        </div>
        <Field
          label={t('sso.clientId')}
          autoComplete="off"
          spellCheck={false}
          mono
          value={clientId}
          onChange={setClientId}
          error={shown(faults.clientId)}
        />
        <SecretField
          label={t('sso.secret')}
          hint={connection === null ? undefined : t('sso.secretHint')}
          autoComplete="off"
          value={clientSecret}
          onChange={setClientSecret}
          showLabel={t('sso.show')}
          hideLabel={t('sso.hide')}
          error={shown(faults.clientSecret)}
        />
        <RadioField
          label={t('sso.use.label')}
          value={use}
          onChange={setUse}
          options={USES.map((value) => ({
            value,
            label: t(`sso.use.${value}.label`),
            detail: t(`sso.use.${value}.detail`),
          }))}
        />
        {use !== 'off' && !hasDomain && <p className="text-sm text-warn">{t('sso.noDomain')}</p>}
        <RadioField
          label={t('sso.joining.label')}
          value={joining}
          onChange={setJoining}
          options={JOINING.map((value) => ({
            value,
            label: t(`sso.joining.${value}.label`),
            detail: t(`sso.joining.${value}.detail`),
          }))}
        />
        <p role="alert" className="text-bad text-sm empty:hidden">
          {change.isError ? apiErrorOf(change.error).message : null}
        </p>
        <div>
          <Button type="submit" kind="primary" busy={change.isPending ? t('sso.saving') : null}>
            {t('sso.save')}
          </Button>
        </div>
      </form>
    </section>
  );
}
