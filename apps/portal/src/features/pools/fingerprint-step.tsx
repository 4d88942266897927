'use client';

import { useEffect, useState } from 'react';
import type { SeenCertificate } from '../../server/pools/seen-certificate.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { Button } from '../../ui/button.tsx';
import { FieldError } from '../../ui/field.tsx';
import { exactTime } from '../../ui/format-time.ts';
import { KeyValue, KeyValues } from '../../ui/key-values.tsx';
import { StepList } from '../../ui/step-list.tsx';
import { useWords } from '../../words/use-words.ts';
import { ADDRESS_FIELD } from './address-step.tsx';
import { Fingerprint } from './fingerprint.tsx';
import { type PoolTrouble, poolTrouble } from './pool-reason.ts';
import { StepSection } from './step-section.tsx';
import { useProbed } from './use-probed.ts';

/** After this the page says that the worker hasn't answered. */
const SLOW_AFTER_MS = 15_000;

interface FingerprintStepProps {
  org: string;
  probeId: string;
  confirmed: boolean;
  onConfirm: (pin: string | null) => void;
}

/** What the worker saw there, and the confirmation that it is the right host. */
export function FingerprintStep({ org, probeId, confirmed, onConfirm }: FingerprintStepProps) {
  const t = useWords();
  const result = useProbed(org, probeId);
  const slow = useSlow(result.data?.status === 'waiting');
  const seen = result.data?.certificate ?? null;
  const failure = result.data?.failure ?? null;
  const trouble = failure === null ? null : poolTrouble(failure, { address: result.data?.address ?? '' }, t);
  return (
    <StepSection title={t('addPool.fingerprint')}>
      <StepList
        label={t('addPool.probeSteps')}
        steps={[
          {
            id: 'reach',
            label: t('addPool.stepReach', { address: result.data?.address ?? t('addPool.thatAddress') }),
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

/** What stands in the way at this address, and the way back to the field. */
function Trouble({ trouble }: { trouble: PoolTrouble }) {
  const t = useWords();
  return (
    <div className="grid justify-items-start gap-2 py-1">
      <p>
        <span className="block font-medium text-ink">{trouble.title}</span>
        {trouble.sentence}
      </p>
      <Button
        size="small"
        onClick={() => document.querySelector<HTMLInputElement>(`[name="${ADDRESS_FIELD}"]`)?.select()}
      >
        {t('pool.remedy.address')}
      </Button>
    </div>
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
