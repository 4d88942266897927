import { RequestPage } from '../../../../../../../features/requests/request-page.tsx';

export default function Page() {
  return <RequestPage />;
}
