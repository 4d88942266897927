import type { ReactNode } from 'react';
import { MachineFrame } from '../../../../../../../features/machines/machine-frame.tsx';

export default function MachineLayout({ children }: { children: ReactNode }) {
  return <MachineFrame>{children}</MachineFrame>;
}
