import { router, tenantProcedure } from '../trpc.ts';
import { watchChanges, watchChangesInput } from './watch-changes.ts';

export const liveRouter = router({
  changes: tenantProcedure
    .input(watchChangesInput)
    .subscription(({ ctx, input, signal }) =>
      watchChanges(ctx.deps, ctx.actor, input, signal ?? new AbortController().signal),
    ),
});
