'use client';

import { useMutation, useQuery } from '@tanstack/react-query';
import { useParams } from 'next/navigation';
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import type { SeenCertificate } from '../../server/pools/seen-certificate.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { Field, FieldError, SecretField } from '../../ui/field.tsx';
import { exactTime } from '../../ui/format-time.ts';
import { KeyValue, KeyValues } from '../../ui/key-values.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { StepList } from '../../ui/step-list.tsx';
import { useWords } from '../../words/use-words.ts';
import { useOrganisation } from '../account/use-me.ts';
import { Fingerprint } from './fingerprint.tsx';
import { PoolArrival } from './pool-arrival.tsx';
import { type PoolTrouble, poolTrouble } from './pool-reason.ts';

const ASK_AGAIN_MS = 500;
/** After this the page says that the worker hasn't answered. */
const SLOW_AFTER_MS = 15_000;

interface Confirmed {
  address: string;
  pin: string;
}

/** Address, fingerprint, account, and then what happens: a step opens under the one before. */
export function AddPoolPage() {
  const t = useWords();
  const { org } = useParams<{ org: string }>();
  const organisation = useOrganisation(org);
  const [probe, setProbe] = useState<{ id: string; address: string } | null>(null);
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

function StepSection({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="rise grid gap-4 border-t pt-6 first:border-t-0 first:pt-0">
      <h2 className="font-medium text-lg">{title}</h2>
      {children}
    </section>
  );
}

function AddressStep({
  org,
  onProbe,
}: {
  org: string;
  onProbe: (probe: { id: string; address: string } | null) => void;
}) {
  const t = useWords();
  const trpc = useTRPC();
  const [address, setAddress] = useState('');
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
      <form onSubmit={submit} noValidate className="grid gap-4">
        <Field
          ref={field}
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

interface FingerprintStepProps {
  org: string;
  probe: { id: string; address: string };
  confirmed: boolean;
  onConfirm: (pin: string | null) => void;
}

function FingerprintStep({ org, probe, confirmed, onConfirm }: FingerprintStepProps) {
  const t = useWords();
  const trpc = useTRPC();
  const result = useQuery(
    trpc.pools.probeResult.queryOptions(
      { org, probeId: probe.id },
      {
        refetchInterval: (query) =>
          query.state.data?.status === 'waiting' || query.state.data === undefined ? ASK_AGAIN_MS : false,
      },
    ),
  );
  const slow = useSlow(result.data?.status === 'waiting');
  const seen = result.data?.certificate ?? null;
  const failure = result.data?.failure ?? null;
  const trouble =
    failure === null ? null : poolTrouble(failure, { address: result.data?.address ?? probe.address }, t);
  return (
    <StepSection title={t('addPool.fingerprint')}>
      <StepList
        label={t('addPool.probeSteps')}
        steps={[
          {
            id: 'reach',
            label: t('addPool.stepReach', { address: result.data?.address ?? probe.address }),
            state: seen !== null ? 'done' : trouble !== null ? 'failed' : 'working',
            word: t(seen !== null ? 'addPool.done' : trouble !== null ? 'addPool.failed' : 'addPool.working'),
            detail: trouble === null ? undefined : <Trouble trouble={trouble} />,
          },
          {
            id: 'certificate',
            label: t('addPool.stepCertificate'),
            state: seen !== null ? 'done' : 'waiting',
            word: t(seen !== null ? 'addPool.done' : 'addPool.waiting'),
          },
        ]}
      />
      {slow && <p className="text-ink-2 text-sm">{t('addPool.slow')}</p>}
      {result.isError && <FieldError id="probe-error">{apiErrorOf(result.error).message}</FieldError>}
      {seen !== null && (
        <Certificate
          seen={seen}
          address={`${result.data?.address}:${result.data?.port}`}
          confirmed={confirmed}
          onConfirm={onConfirm}
        />
      )}
    </StepSection>
  );
}

function Trouble({ trouble }: { trouble: PoolTrouble }) {
  return (
    <p className="py-1">
      <span className="block font-medium text-ink">{trouble.title}</span>
      {trouble.sentence}
    </p>
  );
}

interface CertificateProps {
  seen: SeenCertificate;
  address: string;
  confirmed: boolean;
  onConfirm: (pin: string | null) => void;
}

function Certificate({ seen, address, confirmed, onConfirm }: CertificateProps) {
  const t = useWords();
  return (
    <div className="grid gap-4">
      <p className="text-ink-2">{t('addPool.seenAt', { address })}</p>
      <KeyValues>
        <KeyValue label={t('addPool.sha')}>
          <Fingerprint value={seen.fingerprint256} />
        </KeyValue>
        <KeyValue label={t('addPool.subject')}>
          <bdi translate="no">{seen.subject}</bdi>
        </KeyValue>
        <KeyValue label={t('addPool.issuer')}>
          <bdi translate="no">{seen.issuer}</bdi>
        </KeyValue>
        <KeyValue label={t('addPool.validTo')}>
          <ValidTo text={seen.validTo} />
        </KeyValue>
        <KeyValue label={t('addPool.tls')}>{seen.tlsVersion}</KeyValue>
      </KeyValues>
      <label className="flex min-h-(--control) items-center gap-3 font-medium">
        <input
          type="checkbox"
          checked={confirmed}
          onChange={(event) => onConfirm(event.target.checked ? seen.fingerprint256 : null)}
          className="size-5 accent-(--accent)"
        />
        {t('addPool.matches')}
      </label>
    </div>
  );
}

/** A certificate's own word for its end; shown as it is where it is no date. */
function ValidTo({ text }: { text: string }) {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? <bdi>{text}</bdi> : <time dateTime={text}>{exactTime(date)}</time>;
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
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [tried, setTried] = useState(false);
  const add = useMutation(trpc.pools.add.mutationOptions({ onSuccess: ({ poolId }) => onAdded(poolId) }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (displayName.trim() === '' || username.trim() === '' || password === '') return;
    add.mutate({ org, displayName, address: confirmed.address, pin: confirmed.pin, username, password });
  };
  const lacks = (value: string, words: string) => (tried && value.trim() === '' ? words : null);
  return (
    <StepSection title={t('addPool.account')}>
      <form onSubmit={submit} noValidate className="grid gap-4">
        <Field
          label={t('addPool.nameLabel')}
          hint={t('addPool.nameHint')}
          value={displayName}
          onChange={setDisplayName}
          autoComplete="off"
          maxLength={80}
          error={lacks(displayName, t('addPool.nameMissing'))}
        />
        <Field
          label={t('addPool.userLabel')}
          hint={t('addPool.userHint')}
          value={username}
          onChange={setUsername}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          error={lacks(username, t('addPool.userMissing'))}
        />
        <SecretField
          label={t('addPool.passwordLabel')}
          hint={t('addPool.passwordHint')}
          value={password}
          onChange={setPassword}
          autoComplete="off"
          showLabel={t('addPool.passwordShow')}
          hideLabel={t('addPool.passwordHide')}
          error={lacks(password, t('addPool.passwordMissing'))}
        />
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

function useSlow(waiting: boolean): boolean {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    setSlow(false);
    if (!waiting) return;
    const timer = setTimeout(() => setSlow(true), SLOW_AFTER_MS);
    return () => clearTimeout(timer);
  }, [waiting]);
  return slow;
}
