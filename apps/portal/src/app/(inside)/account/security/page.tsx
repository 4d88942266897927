import { SecurityPage } from '../../../../features/account/security-page.tsx';

export default function Page() {
  return <SecurityPage />;
}
