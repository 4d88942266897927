import { SessionsPage } from '../../../../features/account/sessions-page.tsx';

export default function Page() {
  return <SessionsPage />;
}
