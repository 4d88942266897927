import { MyTokensPage } from '../../../../features/tokens/my-tokens-page.tsx';

export default function Page() {
  return <MyTokensPage />;
}
