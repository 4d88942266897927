import { Suspense } from 'react';
import { MachinesPage } from '../../../../../../features/machines/machines-page.tsx';

export default function Page() {
  return (
    <Suspense>
      <MachinesPage />
    </Suspense>
  );
}
