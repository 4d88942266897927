'use client';

import type { ConsoleKind } from '@porthole/relay-contract';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { shortTime } from '../../ui/format-time.ts';
import { useToast } from '../../ui/toast.tsx';
import { useWords } from '../../words/use-words.ts';

/** Longest reason, in characters; the portal takes no longer one (`MAX_CLOSE_REASON` of libs/tickets). */
const MOST_CHARACTERS = 200;

/** One person at one console. */
export interface ClosableSeat {
  id: string;
  person: string;
  machine: string;
  kind: ConsoleKind;
  since: Date;
  mayType: boolean;
  /** It was asked for already. */
  closing: boolean;
  /** Whether the one who looks at it may end it. */
  mayClose: boolean;
}

/** Ends one person's console, after asking: it cuts somebody off (design §4). */
export function CloseSeat({ org, seat }: { org: string; seat: ClosableSeat }) {
  const t = useWords();
  const trpc = useTRPC();
  const client = useQueryClient();
  const toast = useToast();
  const [asks, setAsks] = useState(false);
  const [reason, setReason] = useState('');
  const names = { person: seat.person, machine: seat.machine };
  const close = useMutation(
    trpc.live.close.mutationOptions({
      onSuccess: () => toast(t('live.closing', names)),
      onError: (error) => toast(apiErrorOf(error).message),
      onSettled: () => {
        setAsks(false);
        void client.invalidateQueries(trpc.live.seats.pathFilter());
        void client.invalidateQueries(trpc.machines.get.pathFilter());
      },
    }),
  );
  return (
    <>
      <Button
        kind="quiet"
        size="small"
        aria-label={t('live.closeOf', names)}
        reason={seat.mayClose ? null : t('live.noClose')}
        busy={seat.closing ? t('live.busy') : null}
        onClick={() => setAsks(true)}
      >
        {t('live.close')}
      </Button>
      <ConfirmDialog
        open={asks}
        onClose={() => setAsks(false)}
        title={t('live.confirm.title', names)}
        sentence={t('live.confirm.sentence', {
          ...names,
          does: seat.mayType ? 'type' : 'look',
          kind: seat.kind,
          time: shortTime(seat.since),
        })}
        button={t('live.confirm.button')}
        busy={close.isPending ? t('live.busy') : null}
        onConfirm={() => close.mutate({ org, seatId: seat.id, reason: reason.trim() })}
      >
        <Field
          label={t('live.confirm.reason')}
          hint={t('live.confirm.reasonHint', { person: seat.person })}
          value={reason}
          onChange={setReason}
          maxLength={MOST_CHARACTERS}
          autoComplete="off"
          className="pt-2"
        />
      </ConfirmDialog>
    </>
  );
}
