'use client';

import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Banner } from '../../ui/banner.tsx';
import { clockTime } from '../../ui/format-time.ts';
import { useWords } from '../../words/use-words.ts';

/** Says to everybody at a machine that somebody is in by an emergency, and until when. */
export function EmergencyBanner({ org, vmId }: { org: string; vmId: string }) {
  const t = useWords();
  const trpc = useTRPC();
  const { data } = useQuery(trpc.requests.ofMachine.queryOptions({ org, vmId }));
  const first = data?.emergencies[0];
  if (data === undefined || first === undefined) return null;
  const people = data.emergencies.map(({ person }) => person).join(', ');
  return <Banner>{t('requests.emergency', { people, time: clockTime(first.until) })}</Banner>;
}
