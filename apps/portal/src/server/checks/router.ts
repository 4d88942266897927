import { router, tenantProcedure } from '../trpc.ts';
import { cancelCheck, cancelCheckInput } from './cancel-check.ts';
import { getCheck, getCheckInput } from './get-check.ts';
import { listChecks, listChecksInput } from './list-checks.ts';
import { runCheck, runCheckInput } from './run-check.ts';
import { scheduleChecks, scheduleChecksInput } from './schedule-checks.ts';

export const checksRouter = router({
  list: tenantProcedure
    .input(listChecksInput)
    .query(({ ctx, input }) => listChecks(ctx.deps, ctx.actor, input)),
  get: tenantProcedure.input(getCheckInput).query(({ ctx, input }) => getCheck(ctx.deps, ctx.actor, input)),
  run: tenantProcedure
    .input(runCheckInput)
    .mutation(({ ctx, input }) => runCheck(ctx.deps, ctx.actor, input)),
  cancel: tenantProcedure
    .input(cancelCheckInput)
    .mutation(({ ctx, input }) => cancelCheck(ctx.deps, ctx.actor, input)),
  schedule: tenantProcedure
    .input(scheduleChecksInput)
    .mutation(({ ctx, input }) => scheduleChecks(ctx.deps, ctx.actor, input)),
});
