import { ProviderDoor } from '../../../../features/organisations/provider-door.tsx';

export default function Page() {
  return <ProviderDoor to="support" act="support.enter" />;
}
