import { OrganisationsPage } from '../../../features/organisations/organisations-page.tsx';

export default function Page() {
  return <OrganisationsPage />;
}
