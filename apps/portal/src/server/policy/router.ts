import { router, tenantProcedure } from '../trpc.ts';
import { changePolicy, changePolicyInput } from './change-policy.ts';
import { readPolicy, readPolicyInput } from './read-policy.ts';

export const policyRouter = router({
  read: tenantProcedure.input(readPolicyInput).query(({ ctx }) => readPolicy(ctx.deps, ctx.actor)),
  change: tenantProcedure
    .input(changePolicyInput)
    .mutation(({ ctx, input }) => changePolicy(ctx.deps, ctx.actor, input)),
});
