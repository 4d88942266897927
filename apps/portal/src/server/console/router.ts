import { router, tenantProcedure } from '../trpc.ts';
import { openConsole, openConsoleInput } from './open-console.ts';
import { readOutcome, readOutcomeInput } from './read-outcome.ts';

export const consoleRouter = router({
  open: tenantProcedure
    .input(openConsoleInput)
    .mutation(({ ctx, input }) => openConsole(ctx.deps, ctx.actor, ctx.request.binder, input)),
  outcome: tenantProcedure
    .input(readOutcomeInput)
    .query(({ ctx, input }) => readOutcome(ctx.deps, ctx.actor, input)),
});
