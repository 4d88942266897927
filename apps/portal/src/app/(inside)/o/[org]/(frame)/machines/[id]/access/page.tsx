import { Suspense } from 'react';
import { MachineAccess } from '../../../../../../../../features/sharing/machine-access.tsx';

export default function Page() {
  return (
    <Suspense>
      <MachineAccess />
    </Suspense>
  );
}
