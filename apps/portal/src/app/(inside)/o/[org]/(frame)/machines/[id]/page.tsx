import { MachineOverview } from '../../../../../../../features/machines/machine-overview.tsx';

export default function Page() {
  return <MachineOverview />;
}
