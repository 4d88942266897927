'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import type { Person } from '../../server/people/get-person.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useWords } from '../../words/use-words.ts';
import { useOrganisation } from '../account/use-me.ts';

/** Removing somebody, or leaving oneself: asks first, and says who is cut off now. */
export function GoAway({ org, person }: { org: string; person: Person }) {
  const t = useWords();
  const toast = useToast();
  const router = useRouter();
  const trpc = useTRPC();
  const client = useQueryClient();
  const name = useOrganisation(org)?.name ?? org;
  const [asks, setAsks] = useState(false);
  const onError = (error: unknown) => {
    toast(apiErrorOf(error).message);
    setAsks(false);
  };
  const remove = useMutation(
    trpc.people.remove.mutationOptions({
      onError,
      onSuccess: async () => {
        router.push(`/o/${org}/people`);
        await client.invalidateQueries(trpc.people.list.pathFilter());
        toast(t('people.removed', { person: person.name }));
      },
    }),
  );
  const leave = useMutation(
    trpc.people.leave.mutationOptions({ onError, onSuccess: () => location.assign('/organisations?all') }),
  );
  const reason = person.lastOwner
    ? t('people.lastOwner', { you: person.you ? 'yes' : 'no' })
    : person.you || person.may.handle
      ? null
      : t(person.role === 'owner' ? 'people.ownersAlone' : 'people.noManage');
  if (!person.you && person.grants === null) return null;
  const values = { person: person.name, org: name, n: person.consoles?.length ?? 0 };
  const act = person.you ? 'leave' : 'remove';
  return (
    <>
      <Button reason={reason} onClick={() => setAsks(true)}>
        {t(`people.${act}.open`, values)}
      </Button>
      {asks && (
        <ConfirmDialog
          open
          onClose={() => setAsks(false)}
          title={t(`people.${act}.title`, values)}
          sentence={t(`people.${act}.sentence`, values)}
          button={t(`people.${act}.button`, values)}
          busy={remove.isPending || leave.isPending ? t(`people.${act}.button`, values) : null}
          onConfirm={() => (person.you ? leave.mutate({ org }) : remove.mutate({ org, personId: person.id }))}
        />
      )}
    </>
  );
}
