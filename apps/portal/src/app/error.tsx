'use client';

import { lazy, Suspense } from 'react';

const PageFault = lazy(() => import('../features/navigation/page-fault.tsx'));

/** For the pages outside the sign-in. */
export default function PageError({ reset }: { error: Error; reset: () => void }) {
  return (
    <Suspense>
      <PageFault onRetry={reset} />
    </Suspense>
  );
}
