import { router, tenantProcedure } from '../trpc.ts';
import { watchChanges, watchChangesInput } from './watch-changes.ts';

export const liveRouter = router({
  changes: tenantProcedure
    .input(watchChangesInput)
    .subscription(({ ctx, input }) => watchChanges(ctx.deps, ctx.actor, input)),
});
