import { TeamPage } from '../../../../../../../features/teams/team-page.tsx';

export default function Page() {
  return <TeamPage />;
}
