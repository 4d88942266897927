import { GoHome } from '../../../../../features/navigation/go-home.tsx';

export default function OrganisationPage() {
  return <GoHome />;
}
