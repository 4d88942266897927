import 'server-only';
import { accessRouter } from './access/router.ts';
import { allotmentRouter } from './allotment/router.ts';
import { authRouter } from './auth/router.ts';
import { checksRouter } from './checks/router.ts';
import { consoleRouter } from './console/router.ts';
import { doorRouter } from './door/router.ts';
import { grantsRouter } from './grants/router.ts';
import { guestsRouter } from './guests/router.ts';
import { invitationsRouter } from './invitations/router.ts';
import { linksRouter } from './links/router.ts';
import { liveRouter } from './live/router.ts';
import { locksRouter } from './locks/router.ts';
import { logRouter } from './log/router.ts';
import { machinesRouter } from './machines/router.ts';
import { organisationsRouter } from './organisations/router.ts';
import { peopleRouter } from './people/router.ts';
import { policyRouter } from './policy/router.ts';
import { poolsRouter } from './pools/router.ts';
import { powerRouter } from './power/router.ts';
import { requestsRouter } from './requests/router.ts';
import { singleSignOnRouter } from './single-sign-on/router.ts';
import { supportRouter } from './support/router.ts';
import { teamsRouter } from './teams/router.ts';
import { tokensRouter } from './tokens/router.ts';
import { router } from './trpc.ts';

export const appRouter = router({
  access: accessRouter,
  allotment: allotmentRouter,
  auth: authRouter,
  machines: machinesRouter,
  console: consoleRouter,
  grants: grantsRouter,
  guests: guestsRouter,
  door: doorRouter,
  people: peopleRouter,
  invitations: invitationsRouter,
  links: linksRouter,
  organisations: organisationsRouter,
  locks: locksRouter,
  log: logRouter,
  pools: poolsRouter,
  power: powerRouter,
  checks: checksRouter,
  live: liveRouter,
  policy: policyRouter,
  requests: requestsRouter,
  singleSignOn: singleSignOnRouter,
  tokens: tokensRouter,
  teams: teamsRouter,
  support: supportRouter,
});

/** The whole API as the pages know it. Import it as a type alone. */
export type AppRouter = typeof appRouter;
