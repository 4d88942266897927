import { AddPoolPage } from '../../../../../../../features/pools/add-pool-page.tsx';

export default function Page() {
  return <AddPoolPage />;
}
