import { router, tenantProcedure } from '../trpc.ts';
import {
  askSupport,
  askSupportInput,
  enterSupport,
  enterSupportInput,
  leaveSupport,
  leaveSupportInput,
  ofProviderInput,
  supportOfProvider,
} from './enter-support.ts';
import {
  approveSupport,
  approveSupportInput,
  endSupport,
  endSupportInput,
  offerSupport,
  offerSupportInput,
  refuseSupport,
  refuseSupportInput,
} from './give-support.ts';
import { listSupport, listSupportInput, supportHere } from './list-support.ts';

export const supportRouter = router({
  list: tenantProcedure.input(listSupportInput).query(({ ctx }) => listSupport(ctx.deps, ctx.actor)),
  here: tenantProcedure.input(listSupportInput).query(({ ctx }) => supportHere(ctx.deps, ctx.actor)),
  offer: tenantProcedure
    .input(offerSupportInput)
    .mutation(({ ctx, input }) => offerSupport(ctx.deps, ctx.actor, input)),
  approve: tenantProcedure
    .input(approveSupportInput)
    .mutation(({ ctx, input }) => approveSupport(ctx.deps, ctx.actor, input)),
  refuse: tenantProcedure
    .input(refuseSupportInput)
    .mutation(({ ctx, input }) => refuseSupport(ctx.deps, ctx.actor, input)),
  end: tenantProcedure
    .input(endSupportInput)
    .mutation(({ ctx, input }) => endSupport(ctx.deps, ctx.actor, input)),
  ofProvider: tenantProcedure
    .input(ofProviderInput)
    .query(({ ctx }) => supportOfProvider(ctx.deps, ctx.actor)),
  ask: tenantProcedure
    .input(askSupportInput)
    .mutation(({ ctx, input }) => askSupport(ctx.deps, ctx.actor, input)),
  enter: tenantProcedure
    .input(enterSupportInput)
    .mutation(({ ctx, input }) => enterSupport(ctx.deps, ctx.actor, input)),
  leave: tenantProcedure
    .input(leaveSupportInput)
    .mutation(({ ctx, input }) => leaveSupport(ctx.deps, ctx.actor, input)),
});
