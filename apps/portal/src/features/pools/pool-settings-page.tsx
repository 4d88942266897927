'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useSearchParams } from 'next/navigation';
import { type FormEvent, type ReactNode, useState } from 'react';
import type { Pool } from '../../server/pools/get-pool.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { Field, FieldError } from '../../ui/field.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useWords } from '../../words/use-words.ts';
import { NothingHere } from '../navigation/nothing-here.tsx';
import { AccountFields, useAccountDraft } from './account-fields.tsx';
import { MovePool } from './move-pool.tsx';
import { PausePool, RemovePool } from './stop-pool.tsx';
import { usePool } from './use-pool.ts';

/** What an operator changes about a pool after it was added. */
export function PoolSettingsPage() {
  const t = useWords();
  const { org, query } = usePool();
  const wanted = useSearchParams().get('address');
  const pool = query.data;
  if (pool === undefined) return null;
  if (!pool.mayManage) return <NothingHere href={`/o/${org}/pools`} />;
  return (
    <div className="grid max-w-[560px] gap-10">
      <Section id="name" title={t('pools.setting.name')}>
        <NameForm key={pool.displayName} org={org} pool={pool} />
      </Section>
      <Section id="account" title={t('pools.setting.account')} sentence={t('pools.setting.accountSentence')}>
        <AccountForm org={org} pool={pool} />
      </Section>
      <Section id="address" title={t('pools.setting.address')} sentence={t('pools.setting.addressSentence')}>
        <MovePool key={wanted} org={org} pool={pool} wanted={wanted ?? `${pool.address}:${pool.port}`} />
      </Section>
      <Section id="pause" title={t('pools.setting.pause')} sentence={t('pools.setting.pauseSentence')}>
        <div>
          <PausePool org={org} pool={pool} />
        </div>
      </Section>
      <Section id="remove" title={t('pools.setting.remove')} sentence={t('pools.setting.removeSentence')}>
        <div>
          <RemovePool org={org} pool={pool} />
        </div>
      </Section>
    </div>
  );
}

interface SectionProps {
  id: string;
  title: string;
  sentence?: string;
  children: ReactNode;
}

function Section({ id, title, sentence, children }: SectionProps) {
  return (
    <section id={id} className="grid scroll-mt-6 gap-4 border-t pt-6 first:border-t-0 first:pt-0">
      <div className="grid gap-1">
        <h2 className="font-medium text-lg">{title}</h2>
        {sentence !== undefined && <p className="text-ink-2 text-sm">{sentence}</p>}
      </div>
      {children}
    </section>
  );
}

function NameForm({ org, pool }: { org: string; pool: Pool }) {
  const t = useWords();
  const trpc = useTRPC();
  const client = useQueryClient();
  const toast = useToast();
  const [name, setName] = useState(pool.displayName);
  const rename = useMutation(
    trpc.pools.rename.mutationOptions({
      onSuccess: ({ displayName }) => {
        toast(t('pools.renamed', { pool: displayName }));
        void client.invalidateQueries(trpc.pools.pathFilter());
      },
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== '') rename.mutate({ org, id: pool.id, displayName: name });
  };
  const error = rename.isError ? apiErrorOf(rename.error).message : null;
  return (
    <form onSubmit={submit} method="post" noValidate className="grid gap-4">
      <Field
        label={t('addPool.nameLabel')}
        hint={t('addPool.nameHint')}
        value={name}
        onChange={(next) => {
          setName(next);
          rename.reset();
        }}
        autoComplete="off"
        maxLength={80}
        error={name.trim() === '' ? t('addPool.nameMissing') : error}
      />
      <div>
        <Button
          type="submit"
          busy={rename.isPending ? t('pools.rename') : null}
          reason={name.trim() === pool.displayName ? t('pools.sameName') : null}
        >
          {t('pools.rename')}
        </Button>
      </div>
    </form>
  );
}

function AccountForm({ org, pool }: { org: string; pool: Pool }) {
  const t = useWords();
  const trpc = useTRPC();
  const client = useQueryClient();
  const toast = useToast();
  const account = useAccountDraft(pool.accounts[0]?.username);
  const change = useMutation(
    trpc.pools.setAccount.mutationOptions({
      onSuccess: () => {
        account.setPassword('');
        toast(t('pools.accountChanged'));
        void client.invalidateQueries(trpc.pools.pathFilter());
      },
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!account.check()) return;
    const { username, password } = account;
    change.mutate({ org, id: pool.id, username, password });
  };
  return (
    <form onSubmit={submit} method="post" noValidate className="grid gap-4">
      <AccountFields draft={account} />
      {change.isError && <FieldError id="account-error">{apiErrorOf(change.error).message}</FieldError>}
      <div>
        <Button type="submit" busy={change.isPending ? t('pools.setAccount') : null}>
          {t('pools.setAccount')}
        </Button>
      </div>
    </form>
  );
}
