import type { ReactNode } from 'react';
import { PoolFrame } from '../../../../../../../features/pools/pool-frame.tsx';

export default function Layout({ children }: { children: ReactNode }) {
  return <PoolFrame>{children}</PoolFrame>;
}
