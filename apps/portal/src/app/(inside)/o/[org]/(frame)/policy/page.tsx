import { PolicyPage } from '../../../../../../features/policy/policy-page.tsx';

export default function Page() {
  return <PolicyPage />;
}
