import { Suspense } from 'react';
import { LogPage } from '../../../../../../features/log/log-page.tsx';

export default function Page() {
  return (
    <Suspense>
      <LogPage />
    </Suspense>
  );
}
