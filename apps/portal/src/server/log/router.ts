import { router, tenantProcedure } from '../trpc.ts';
import { getEvent, getEventInput } from './get-event.ts';
import { listLog, listLogInput } from './list-log.ts';
import { verifyLog, verifyLogInput } from './verify-log.ts';

export const logRouter = router({
  list: tenantProcedure.input(listLogInput).query(({ ctx, input }) => listLog(ctx.deps, ctx.actor, input)),
  event: tenantProcedure.input(getEventInput).query(({ ctx, input }) => getEvent(ctx.deps, ctx.actor, input)),
  /** A mutation, since checking is itself an event of the log. */
  verify: tenantProcedure
    .input(verifyLogInput)
    .mutation(({ ctx, input }) => verifyLog(ctx.deps, ctx.actor, input)),
});
