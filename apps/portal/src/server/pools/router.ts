import { router, tenantProcedure } from '../trpc.ts';
import { addPool, addPoolInput } from './add-pool.ts';
import { getPool, getPoolInput } from './get-pool.ts';
import { listPools, listPoolsInput } from './list-pools.ts';
import { probePool, probePoolInput } from './probe-pool.ts';
import { readProbe, readProbeInput } from './read-probe.ts';
import { removePool, removePoolInput } from './remove-pool.ts';

export const poolsRouter = router({
  list: tenantProcedure
    .input(listPoolsInput)
    .query(({ ctx, input }) => listPools(ctx.deps, ctx.actor, input)),
  get: tenantProcedure.input(getPoolInput).query(({ ctx, input }) => getPool(ctx.deps, ctx.actor, input)),
  probe: tenantProcedure
    .input(probePoolInput)
    .mutation(({ ctx, input }) => probePool(ctx.deps, ctx.actor, input)),
  probeResult: tenantProcedure
    .input(readProbeInput)
    .query(({ ctx, input }) => readProbe(ctx.deps, ctx.actor, input)),
  add: tenantProcedure.input(addPoolInput).mutation(({ ctx, input }) => addPool(ctx.deps, ctx.actor, input)),
  remove: tenantProcedure
    .input(removePoolInput)
    .mutation(({ ctx, input }) => removePool(ctx.deps, ctx.actor, input)),
});
