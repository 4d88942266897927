'use client';

import { ACTS_OF_ROLE, type TenantAct } from '@porthole/rbac';
import { useRouter } from 'next/navigation';
import { useEffect } from 'react';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { useMe } from '../account/use-me.ts';
import { NothingHere } from '../navigation/nothing-here.tsx';

/** `/provider/organisations` and its like lead to the page in the provider's own organisation, where its navigation is. */
export function ProviderDoor({
  to = 'organisations',
  act = 'organisations.manage',
}: {
  to?: string;
  act?: TenantAct;
}) {
  const me = useMe();
  const router = useRouter();
  const provider = me.data?.organisations.find(
    ({ kind, role }) => kind === 'provider' && ACTS_OF_ROLE[role].includes(act),
  );
  const slug = provider?.slug;
  useEffect(() => {
    if (slug !== undefined) router.replace(`/o/${slug}/${to}`);
  }, [slug, to, router]);
  return (
    <main className="mx-auto w-full max-w-[640px] px-4 py-12">
      {me.data !== undefined && provider === undefined ? (
        <NothingHere href="/organisations" />
      ) : (
        <SkeletonRows rows={3} columns={['40%', '20%']} />
      )}
    </main>
  );
}
