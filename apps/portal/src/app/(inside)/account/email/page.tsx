import { EmailPage } from '../../../../features/account/email-page.tsx';

export default function Page() {
  return <EmailPage />;
}
