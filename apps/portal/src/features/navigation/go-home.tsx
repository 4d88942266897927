'use client';

import { useParams, useRouter } from 'next/navigation';
import { useEffect } from 'react';
import { useOrganisation } from '../account/use-me.ts';
import { homeOf } from './places.ts';

/** Goes on to the home of one's role. */
export function GoHome() {
  const { org } = useParams<{ org: string }>();
  const router = useRouter();
  const organisation = useOrganisation(org);
  useEffect(() => {
    if (organisation !== null) router.replace(`/o/${org}/${homeOf(organisation)}`);
  }, [organisation, org, router]);
  return null;
}
