import { ResetPage } from '../../../features/links/reset-page.tsx';

export default function Page() {
  return <ResetPage />;
}
