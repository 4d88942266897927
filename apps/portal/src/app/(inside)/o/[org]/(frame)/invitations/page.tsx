import { InvitationsPage } from '../../../../../../features/people/invitations-page.tsx';

export default function Page() {
  return <InvitationsPage />;
}
