import { CustomersPage } from '../../../../../../features/organisations/customers-page.tsx';

export default function Page() {
  return <CustomersPage />;
}
