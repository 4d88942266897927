import { GuestLinkPage } from '../../../../../../../features/guests/guest-link-page.tsx';

export default function Page() {
  return <GuestLinkPage />;
}
