import { router, tenantProcedure } from '../trpc.ts';
import { cancelPower, cancelPowerInput } from './cancel-power.ts';
import { listOperations, listOperationsInput } from './list-operations.ts';
import { requestPower, requestPowerInput } from './request-power.ts';

export const powerRouter = router({
  request: tenantProcedure
    .input(requestPowerInput)
    .mutation(({ ctx, input }) => requestPower(ctx.deps, ctx.actor, input)),
  cancel: tenantProcedure
    .input(cancelPowerInput)
    .mutation(({ ctx, input }) => cancelPower(ctx.deps, ctx.actor, input)),
  operations: tenantProcedure
    .input(listOperationsInput)
    .query(({ ctx, input }) => listOperations(ctx.deps, ctx.actor, input)),
});
