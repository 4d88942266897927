'use client';

import { lazy, Suspense } from 'react';

const PageFault = lazy(() => import('../features/navigation/page-fault.tsx'));

/** Where even the layout could not be drawn: no provider, no style of ours can be counted on. */
export default function GlobalError({ reset }: { error: Error; reset: () => void }) {
  return (
    <html lang="en">
      <body>
        <Suspense>
          <PageFault onRetry={reset} />
        </Suspense>
      </body>
    </html>
  );
}
