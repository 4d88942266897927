'use client';

import { useQuery } from '@tanstack/react-query';
import type { SupportHere } from '../../server/support/list-support.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Banner } from '../../ui/banner.tsx';
import { clockTime } from '../../ui/format-time.ts';
import { useWords } from '../../words/use-words.ts';
import { useEndSupport } from './use-end-support.ts';

/** While somebody is inside it is asked again this often, in milliseconds: a grant that ends by its time tells nobody. */
const LOOK_AGAIN_MS = 15_000;

/** Says on every page, to everybody, who of the provider's is inside and until when; ends it in one press. */
export function SupportBanner({ org }: { org: string }) {
  const trpc = useTRPC();
  const { data } = useQuery(
    trpc.support.here.queryOptions(
      { org },
      { refetchInterval: ({ state }) => ((state.data?.length ?? 0) > 0 ? LOOK_AGAIN_MS : false) },
    ),
  );
  return (data ?? []).map((inside) => <Inside key={inside.id} org={org} inside={inside} />);
}

function Inside({
  org,
  inside: { id, name, can, until, you, mayEnd },
}: {
  org: string;
  inside: SupportHere;
}) {
  const t = useWords();
  const end = useEndSupport(org, you);
  const what = you ? 'you' : 'other';
  return (
    <Banner
      action={
        mayEnd && (
          <button
            type="button"
            aria-busy={end.isPending || undefined}
            onClick={() => end.isPending || end.mutate({ org, grantId: id })}
            className="press inline-flex min-h-6 items-center font-medium underline"
          >
            {t('support.bannerEnd', { what, name })}
          </button>
        )
      }
    >
      {t('support.banner', { what, name, can, time: clockTime(until) })}
    </Banner>
  );
}
