import { PoolsPage } from '../../../../../../features/pools/pools-page.tsx';

export default function Page() {
  return <PoolsPage />;
}
