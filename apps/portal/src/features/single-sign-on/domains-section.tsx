'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { CopyChip } from '../../ui/copy-chip.tsx';
import { Field } from '../../ui/field.tsx';
import { KeyValue, KeyValues } from '../../ui/key-values.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useWords } from '../../words/use-words.ts';

interface Domain {
  domain: string;
  verifiedAt: Date | null;
  proof: { name: string; text: string };
}

/** The mail domains of the organisation; one counts once its DNS said so. */
export function DomainsSection({ org, domains }: { org: string; domains: readonly Domain[] }) {
  const t = useWords();
  const trpc = useTRPC();
  const client = useQueryClient();
  const [domain, setDomain] = useState('');
  const add = useMutation(
    trpc.singleSignOn.addDomain.mutationOptions({
      onSuccess: async () => {
        setDomain('');
        await client.invalidateQueries(trpc.singleSignOn.pathFilter());
      },
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (domain.trim() !== '' && !add.isPending) add.mutate({ org, domain: domain.trim() });
  };
  return (
    <section aria-labelledby="domains-title" className="grid max-w-[68ch] grid-cols-1 gap-4">
      <h2 id="domains-title" className="font-medium text-lg">
        {t('sso.domains.title')}
      </h2>
      <p className="text-ink-2">{t(domains.length === 0 ? 'sso.domains.none' : 'sso.domains.sentence')}</p>
      {domains.length > 0 && (
        <ul className="divide-y border-y">
          {domains.map((row) => (
            <DomainRow key={row.domain} org={org} row={row} />
          ))}
        </ul>
      )}
      <form onSubmit={submit} method="post" noValidate className="grid max-w-[360px] gap-4">
        <Field
          label={t('sso.domains.name')}
          hint={t('sso.domains.hint')}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          value={domain}
          onChange={setDomain}
          error={add.isError ? apiErrorOf(add.error).message : null}
        />
        <div>
          <Button
            type="submit"
            busy={add.isPending ? t('sso.domains.adding') : null}
            reason={domain.trim() === '' ? t('sso.domains.missing') : null}
          >
            {t('sso.domains.add')}
          </Button>
        </div>
      </form>
    </section>
  );
}

function DomainRow({ org, row: { domain, verifiedAt, proof } }: { org: string; row: Domain }) {
  const t = useWords();
  const trpc = useTRPC();
  const client = useQueryClient();
  const toast = useToast();
  const [isAsking, setAsking] = useState(false);
  const refresh = () => client.invalidateQueries(trpc.singleSignOn.pathFilter());
  const verify = useMutation(trpc.singleSignOn.verifyDomain.mutationOptions({ onSuccess: refresh }));
  const remove = useMutation(
    trpc.singleSignOn.removeDomain.mutationOptions({
      onSuccess: refresh,
      onError: (error) => toast(apiErrorOf(error).message),
    }),
  );
  return (
    <li className="grid grid-cols-1 gap-3 py-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <bdi translate="no" className="min-w-0 flex-1 basis-40 font-medium [overflow-wrap:anywhere]">
          {domain}
        </bdi>
        {verifiedAt === null ? (
          <StateBadge shape="dashed" tone="warn" word={t('sso.domains.waiting')} />
        ) : (
          <StateBadge shape="disc" tone="good" word={t('sso.domains.verified')} />
        )}
        <Button
          kind="quiet"
          size="small"
          aria-label={t('sso.domains.removeOne', { domain })}
          onClick={() => setAsking(true)}
        >
          {t('sso.domains.remove')}
        </Button>
      </div>
      {verifiedAt === null && (
        <div className="grid grid-cols-1 justify-items-start gap-3">
          <p className="text-ink-2 text-sm">{t('sso.domains.proof')}</p>
          <KeyValues>
            <KeyValue label={t('sso.domains.proofName')}>
              <CopyChip label={t('sso.domains.proofName')} value={proof.name} max={40} />
            </KeyValue>
            <KeyValue label={t('sso.domains.proofText')}>
              <CopyChip label={t('sso.domains.proofText')} value={proof.text} max={80} />
            </KeyValue>
          </KeyValues>
          <p role="alert" className="text-bad text-sm empty:hidden">
            {verify.isError ? apiErrorOf(verify.error).message : null}
          </p>
          <Button
            size="small"
            aria-label={t('sso.domains.checkOne', { domain })}
            busy={verify.isPending ? t('sso.domains.checking') : null}
            onClick={() => verify.mutate({ org, domain })}
          >
            {t('sso.domains.check')}
          </Button>
        </div>
      )}
      <ConfirmDialog
        open={isAsking}
        onClose={() => setAsking(false)}
        title={t('sso.domains.removeAsk', { domain })}
        sentence={t('sso.domains.removeSentence')}
        button={t('sso.domains.remove')}
        onConfirm={() => {
          // Closed first: the question who it is may follow, and one layer never opens another.
          setAsking(false);
          remove.mutate({ org, domain });
        }}
      />
    </li>
  );
}
