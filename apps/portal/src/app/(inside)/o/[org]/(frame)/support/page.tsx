import { SupportDoor } from '../../../../../../features/support/support-door.tsx';

export default function Page() {
  return <SupportDoor />;
}
