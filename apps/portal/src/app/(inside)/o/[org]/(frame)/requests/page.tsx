import { RequestsPage } from '../../../../../../features/requests/requests-page.tsx';

export default function Page() {
  return <RequestsPage />;
}
