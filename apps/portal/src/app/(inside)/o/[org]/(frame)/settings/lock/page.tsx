import { LockPage } from '../../../../../../../features/locks/lock-page.tsx';

export default function Page() {
  return <LockPage />;
}
