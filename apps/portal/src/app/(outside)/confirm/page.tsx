import { ConfirmPage } from '../../../features/links/confirm-page.tsx';

export default function Page() {
  return <ConfirmPage />;
}
