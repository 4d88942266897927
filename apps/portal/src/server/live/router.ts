import { router, tenantProcedure } from '../trpc.ts';
import { closeSeat, closeSeatInput } from './close-seat.ts';
import { listSeats, listSeatsInput } from './list-seats.ts';
import { watchChanges, watchChangesInput } from './watch-changes.ts';

export const liveRouter = router({
  seats: tenantProcedure.input(listSeatsInput).query(({ ctx }) => listSeats(ctx.deps, ctx.actor)),
  close: tenantProcedure
    .input(closeSeatInput)
    .mutation(({ ctx, input }) => closeSeat(ctx.deps, ctx.actor, input)),
  changes: tenantProcedure
    .input(watchChangesInput)
    .subscription(({ ctx, input, signal }) =>
      watchChanges(ctx.deps, ctx.actor, input, signal ?? new AbortController().signal),
    ),
});
