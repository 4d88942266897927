import { PoolSettingsPage } from '../../../../../../../../features/pools/pool-settings-page.tsx';

export default function Page() {
  return <PoolSettingsPage />;
}
