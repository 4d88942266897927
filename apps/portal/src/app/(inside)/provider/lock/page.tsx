import { ProviderDoor } from '../../../../features/organisations/provider-door.tsx';

export default function Page() {
  return <ProviderDoor to="settings/lock" act="locks.manage" />;
}
