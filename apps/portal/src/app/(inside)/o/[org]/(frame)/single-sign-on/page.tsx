import { SingleSignOnPage } from '../../../../../../features/single-sign-on/single-sign-on-page.tsx';

export default function Page() {
  return <SingleSignOnPage />;
}
