import { InvitationPage } from '../../../features/links/invitation-page.tsx';

export default function Page() {
  return <InvitationPage />;
}
