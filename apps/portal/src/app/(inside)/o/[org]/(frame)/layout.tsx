import type { ReactNode } from 'react';
import { OrgFrame } from '../../../../../features/navigation/org-frame.tsx';

export default function FrameLayout({ children }: { children: ReactNode }) {
  return <OrgFrame>{children}</OrgFrame>;
}
