import { GuestsPage } from '../../../../../../features/guests/guests-page.tsx';

export default function Page() {
  return <GuestsPage />;
}
