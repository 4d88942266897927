import { ChecksPage } from '../../../../../../../../features/checks/checks-page.tsx';

export default function Page() {
  return <ChecksPage />;
}
