'use client';

import { type ConsoleKind, LIMITS } from '@porthole/relay-contract';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { type ReactNode, Suspense, useEffect, useRef } from 'react';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyChip } from '../../ui/copy-chip.tsx';
import { clockTime } from '../../ui/format-time.ts';
import { LinkButton } from '../../ui/link-button.tsx';
import { useWords } from '../../words/use-words.ts';
import { signInAddress } from '../account/signed-out-guard.tsx';
import { AskAccess } from '../requests/ask-access.tsx';
import type { ConsoleEnd } from './console-end.ts';
import type { ConsoleModel } from './console-machine.ts';
import { type EndContext, endWords } from './end-words.ts';
import { consoleAddress } from './open-console-button.tsx';
import { ReceiptList, receiptRows } from './receipt-list.tsx';

const MINUTE_MS = 60_000;

interface EndPageProps {
  org: string;
  orgName: string;
  vmId: string;
  machine: string;
  state: string;
  lock: EndContext['lock'];
  viewer: EndContext['viewer'];
  model: ConsoleModel;
  end: ConsoleEnd;
  onAgain: () => void;
  /** Starts the machine, where it went off and the person may. */
  start: ReactNode;
}

/** Replaces the console when it is over: title and reason, then the receipt (design §6). */
export function EndPage(props: EndPageProps) {
  const t = useWords();
  const { model, end, org } = props;
  const endedAt = model.endedAt ?? 0;
  const told = model.accessChanged;
  const words = endWords(end, {
    t,
    machine: props.machine,
    org: props.orgName,
    kind: model.kind,
    viewer: props.viewer,
    time: clockTime(new Date(told?.at ?? endedAt)),
    lock: props.lock,
    by: told?.by ?? null,
    reason: told?.reason ?? '',
    state: props.state,
    idleMinutes: Math.round((model.idleTimeoutMs ?? LIMITS.idleTimeoutMs) / MINUTE_MS),
    maximumTimeMs: model.maximumTimeMs,
    seatsOfPerson: LIMITS.seatsPerPerson,
  });
  const receipt = useReceipt(org, model);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const facts =
    receipt === null
      ? null
      : { receipt, with: model.met, roundTripMs: model.roundTripMs, text: model.kind === 'text' };

  return (
    <main
      data-testid="console-state"
      data-state="ended"
      className="mx-auto w-full max-w-[640px] overflow-y-auto px-4 py-12"
    >
      <h1
        ref={heading}
        tabIndex={-1}
        aria-describedby="end-sentence"
        className="font-semibold text-2xl outline-none"
      >
        {words.title}
      </h1>
      <p id="end-sentence" className="max-w-[68ch] pt-2 text-ink-2">
        {words.sentence}
      </p>
      <div className="flex flex-wrap gap-2 pt-6">
        <EndButton act={words.act} label={words.button} {...props} kind={model.kind} />
        {end.cause === 'closed' && end.kind === 'guestOff' && <Suspense>{props.start}</Suspense>}
        {mayAskAfter(end) && <AskAccess org={org} vmId={props.vmId} machine={props.machine} />}
        {words.act !== 'machines' && (
          <LinkButton href={`/o/${org}/machines`}>{t('receipt.toMachines')}</LinkButton>
        )}
      </div>
      {facts !== null && (
        <section className="mt-12 border-t pt-6">
          <div className="flex items-center justify-between gap-4 pb-4">
            <h2 className="font-medium text-lg">{t('receipt.title')}</h2>
            <CopyChip
              label={t('receipt.title')}
              shown={t('app.copy')}
              value={receiptRows(facts, t)
                .map(([label, value]) => `${label}: ${value}`)
                .join('\n')}
            />
          </div>
          <ReceiptList {...facts} />
          {model.seatId !== null && (
            <p className="flex items-center gap-4 pt-4 text-ink-2 text-sm">
              <span className="sm:w-[160px]">{t('receipt.reference')}</span>
              <CopyChip label={t('receipt.reference')} value={model.seatId} max={20} />
            </p>
          )}
        </section>
      )}
      {end.cause === 'no-pass' && end.reference !== null && end.reference !== '' && (
        <p className="pt-6 text-xs">
          <CopyChip
            label={t('receipt.reference')}
            value={end.reference}
            shown={t('app.reference', { reference: end.reference })}
          />
        </p>
      )}
    </main>
  );
}

/** Whether it ended because access did, so that asking for it anew is the next thing. */
function mayAskAfter(end: ConsoleEnd): boolean {
  return end.cause === 'closed' && (end.kind === 'withdrawn' || end.kind === 'accessEnded');
}

/** The receipt that came over the socket, or the one that the log kept where the socket broke before. */
function useReceipt(org: string, model: ConsoleModel) {
  const trpc = useTRPC();
  const outcome = useQuery(
    trpc.console.outcome.queryOptions(
      { org, ticketId: model.ticketId ?? '' },
      { enabled: model.receipt === null && model.seatId !== null && model.ticketId !== null },
    ),
  );
  return model.receipt ?? outcome.data?.seat?.receipt ?? null;
}

function EndButton(
  props: EndPageProps & { act: ReturnType<typeof endWords>['act']; label: string; kind: ConsoleKind },
) {
  const router = useRouter();
  const { act, label, org, vmId, kind } = props;
  switch (act) {
    case 'machines':
      return (
        <LinkButton kind="primary" href={`/o/${org}/machines`}>
          {label}
        </LinkButton>
      );
    case 'organisations':
      return (
        <LinkButton kind="primary" href="/organisations">
          {label}
        </LinkButton>
      );
    case 'sign-in':
      return (
        <Button kind="primary" onClick={() => location.assign(signInAddress())}>
          {label}
        </Button>
      );
    case 'pools':
      return (
        <LinkButton kind="primary" href={`/o/${org}/pools`}>
          {label}
        </LinkButton>
      );
    case 'other-kind':
      return (
        <Button
          kind="primary"
          onClick={() => router.replace(consoleAddress(org, vmId, kind === 'text' ? 'screen' : 'text'))}
        >
          {label}
        </Button>
      );
    case 'reload':
      return (
        <Button kind="primary" onClick={() => location.reload()}>
          {label}
        </Button>
      );
    case 'again':
      return (
        <Button kind="primary" onClick={props.onAgain}>
          {label}
        </Button>
      );
    case 'none':
      return null;
  }
}
