import { LivePage } from '../../../../../../features/live/live-page.tsx';

export default function Page() {
  return <LivePage />;
}
