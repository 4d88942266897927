import { MachineActivity } from '../../../../../../../../features/machines/machine-activity.tsx';

export default function Page() {
  return <MachineActivity />;
}
