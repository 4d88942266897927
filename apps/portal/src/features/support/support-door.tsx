'use client';

import { useParams } from 'next/navigation';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { useOrganisation } from '../account/use-me.ts';
import { ProviderSupportPage } from './provider-support-page.tsx';
import { SupportPage } from './support-page.tsx';

/** Support from either side: the organisation's, which lets it in, or the provider's, whose people come. */
export function SupportDoor() {
  const { org } = useParams<{ org: string }>();
  const organisation = useOrganisation(org);
  if (organisation === null) return <SkeletonRows rows={3} columns={['40%', '20%']} />;
  return organisation.kind === 'provider' ? <ProviderSupportPage org={org} /> : <SupportPage org={org} />;
}
