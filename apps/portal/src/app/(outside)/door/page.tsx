import { DoorPage } from '../../../features/door/door-page.tsx';

export default function Page() {
  return <DoorPage />;
}
