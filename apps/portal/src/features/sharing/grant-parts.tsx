import Link from 'next/link';
import { exactTime, untilTime } from '../../ui/format-time.ts';
import { useWords } from '../../words/use-words.ts';

type Over = { kind: 'vm'; vmId: string; name: string } | { kind: 'tag'; tag: string } | { kind: 'all' };

/** What a grant is over: a machine leads to where its access is changed. */
export function GrantOver({ org, over }: { org: string; over: Over }) {
  const t = useWords();
  if (over.kind !== 'vm')
    return t('access.target', { target: over.kind, tag: over.kind === 'tag' ? over.tag : '' });
  return (
    <Link
      href={`/o/${org}/machines/${over.vmId}/access`}
      className="inline-flex min-h-6 items-center text-link hover:underline"
    >
      <bdi translate="no">{over.name}</bdi>
    </Link>
  );
}

/** Until when a grant lasts. */
export function GrantEnd({ endsAt }: { endsAt: Date | null }) {
  const t = useWords();
  if (endsAt === null) return t('access.noEnd');
  return (
    <time dateTime={endsAt.toISOString()} title={exactTime(endsAt)}>
      {untilTime(endsAt)}
    </time>
  );
}
