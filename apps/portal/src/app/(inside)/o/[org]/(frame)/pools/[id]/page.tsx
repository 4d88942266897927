import { PoolPage } from '../../../../../../../features/pools/pool-page.tsx';

export default function Page() {
  return <PoolPage />;
}
