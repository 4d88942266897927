import { AllotmentPage } from '../../../../../../../../features/allotment/allotment-page.tsx';

export default function Page() {
  return <AllotmentPage />;
}
