import { Suspense } from 'react';
import { ConsolePage } from '../../../../../../../features/console/console-page.tsx';

export default function Page() {
  return (
    <Suspense>
      <ConsolePage kind={null} />
    </Suspense>
  );
}
