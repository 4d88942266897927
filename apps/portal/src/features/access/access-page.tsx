'use client';

import { RIGHTS, type Right } from '@porthole/rbac';
import { useQuery } from '@tanstack/react-query';
import { useParams, useRouter, useSearchParams } from 'next/navigation';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { RadioField, SelectField } from '../../ui/choice.tsx';
import { Combobox, type ComboOption } from '../../ui/combobox.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { useWords } from '../../words/use-words.ts';
import { useOrganisation } from '../account/use-me.ts';
import { QueryFault } from '../navigation/query-fault.tsx';
import { AccessResult } from './access-result.tsx';

export type Subject = 'person' | 'machine';

/** What one may ask for by itself: `host-console` means something on control domains alone. */
const ASKED: readonly Right[] = RIGHTS.filter((right) => right !== 'host-console');

/** Who can do what, and because of which grant: for a person every machine, for a machine every person (design §5). */
export function AccessPage() {
  const t = useWords();
  const { org } = useParams<{ org: string }>();
  const organisation = useOrganisation(org);
  const router = useRouter();
  const asked = useSearchParams();
  const subject: Subject = asked.has('machine') ? 'machine' : 'person';
  const id = asked.get(subject) ?? '';
  const right = ASKED.find((one) => one === asked.get('right')) ?? 'any';
  const go = (over: { subject?: Subject; id?: string; right?: string }) => {
    const next = new URLSearchParams({ [over.subject ?? subject]: over.id ?? id });
    const chosen = over.right ?? right;
    if (chosen !== 'any') next.set('right', chosen);
    router.replace(`/o/${org}/access?${next}`, { scroll: false });
  };
  return (
    <>
      <title>{t('app.title', { page: t('accessOf.title'), org: organisation?.name ?? org })}</title>
      <PageHead title={t('accessOf.title')}>
        <p className="text-ink-2 text-sm">{t('accessOf.sentence')}</p>
      </PageHead>
      <div className="grid items-start gap-6 pb-6 lg:grid-cols-[17rem_minmax(0,24rem)_12rem]">
        <RadioField
          label={t('accessOf.about')}
          value={subject}
          onChange={(value) => go({ subject: value, id: '' })}
          options={[
            { value: 'person', label: t('accessOf.person'), detail: t('accessOf.personDetail') },
            { value: 'machine', label: t('accessOf.machine'), detail: t('accessOf.machineDetail') },
          ]}
        />
        <SubjectPicker
          key={subject}
          org={org}
          subject={subject}
          id={id}
          onPick={(value) => go({ id: value })}
        />
        <SelectField
          label={t('accessOf.right')}
          value={right}
          onChange={(value) => go({ right: value })}
          options={[
            { value: 'any', label: t('accessOf.anyRight') },
            ...ASKED.map((value) => ({ value, label: t(`right.${value}`) })),
          ]}
        />
      </div>
      {id === '' ? (
        <EmptyState
          title={t(`accessOf.choose.${subject}`)}
          sentence={t(`accessOf.chooseSentence.${subject}`)}
        />
      ) : (
        <AccessResult org={org} subject={subject} id={id} right={right === 'any' ? null : right} />
      )}
    </>
  );
}

interface SubjectPickerProps {
  org: string;
  subject: Subject;
  id: string;
  onPick: (id: string) => void;
}

function SubjectPicker({ org, subject, id, onPick }: SubjectPickerProps) {
  const t = useWords();
  const trpc = useTRPC();
  const people = useQuery(trpc.people.list.queryOptions({ org }, { enabled: subject === 'person' }));
  const machines = useQuery(trpc.machines.list.queryOptions({ org }, { enabled: subject === 'machine' }));
  const options: ComboOption[] =
    subject === 'person'
      ? (people.data ?? []).map((one) => ({ id: one.id, label: one.name, detail: one.email }))
      : (machines.data?.rows ?? []).map((one) => ({
          id: one.id,
          label: one.name,
          detail: one.tags.join(', '),
        }));
  const query = subject === 'person' ? people : machines;
  if (query.isError)
    return <QueryFault error={apiErrorOf(query.error)} onRetry={() => void query.refetch()} />;
  // Without its options it would say that nothing matches.
  if (query.isPending) return <SkeletonRows rows={1} columns={['100%']} />;
  return (
    <Combobox
      label={t(`accessOf.${subject}`)}
      hint={t(`accessOf.hint.${subject}`)}
      noMatch={t('accessOf.noMatch')}
      removeLabel={t('app.change')}
      options={options}
      picked={options.find((option) => option.id === id) ?? null}
      onPick={(option) => onPick(option?.id ?? '')}
    />
  );
}
