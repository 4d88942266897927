import { AllTokensPage } from '../../../../../../../features/tokens/all-tokens-page.tsx';

export default function Page() {
  return <AllTokensPage />;
}
