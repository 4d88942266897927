import { router, tenantProcedure } from '../trpc.ts';
import { addPool, addPoolInput } from './add-pool.ts';
import { getPool, getPoolInput } from './get-pool.ts';
import { listPools, listPoolsInput } from './list-pools.ts';
import { movePool, movePoolInput } from './move-pool.ts';
import { pausePool, pausePoolInput, resumePool, retryPool } from './pause-pool.ts';
import { poolImpact, poolImpactInput } from './pool-impact.ts';
import { probePool, probePoolInput } from './probe-pool.ts';
import { readProbe, readProbeInput } from './read-probe.ts';
import { removePool, removePoolInput } from './remove-pool.ts';
import { renamePool, renamePoolInput } from './rename-pool.ts';
import { setHostAddress, setHostAddressInput } from './set-host-address.ts';
import { setPoolAccount, setPoolAccountInput } from './set-pool-account.ts';

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
  rename: tenantProcedure
    .input(renamePoolInput)
    .mutation(({ ctx, input }) => renamePool(ctx.deps, ctx.actor, input)),
  setAccount: tenantProcedure
    .input(setPoolAccountInput)
    .mutation(({ ctx, input }) => setPoolAccount(ctx.deps, ctx.actor, input)),
  move: tenantProcedure
    .input(movePoolInput)
    .mutation(({ ctx, input }) => movePool(ctx.deps, ctx.actor, input)),
  setHostAddress: tenantProcedure
    .input(setHostAddressInput)
    .mutation(({ ctx, input }) => setHostAddress(ctx.deps, ctx.actor, input)),
  pause: tenantProcedure
    .input(pausePoolInput)
    .mutation(({ ctx, input }) => pausePool(ctx.deps, ctx.actor, input)),
  resume: tenantProcedure
    .input(pausePoolInput)
    .mutation(({ ctx, input }) => resumePool(ctx.deps, ctx.actor, input)),
  retry: tenantProcedure
    .input(pausePoolInput)
    .mutation(({ ctx, input }) => retryPool(ctx.deps, ctx.actor, input)),
  impact: tenantProcedure
    .input(poolImpactInput)
    .query(({ ctx, input }) => poolImpact(ctx.deps, ctx.actor, input)),
  remove: tenantProcedure
    .input(removePoolInput)
    .mutation(({ ctx, input }) => removePool(ctx.deps, ctx.actor, input)),
});
