import { router, tenantProcedure } from '../trpc.ts';
import { endGrant, endGrantInput } from './end-grant.ts';
import { giveGrant, giveGrantInput } from './give-grant.ts';
import { listGrants, listGrantsInput } from './list-grants.ts';
import { listReceivers, listReceiversInput } from './list-receivers.ts';
import { previewGrant, previewGrantInput } from './preview-grant.ts';

export const grantsRouter = router({
  list: tenantProcedure
    .input(listGrantsInput)
    .query(({ ctx, input }) => listGrants(ctx.deps, ctx.actor, input)),
  receivers: tenantProcedure
    .input(listReceiversInput)
    .query(({ ctx, input }) => listReceivers(ctx.deps, ctx.actor, input)),
  preview: tenantProcedure
    .input(previewGrantInput)
    .query(({ ctx, input }) => previewGrant(ctx.deps, ctx.actor, input)),
  give: tenantProcedure
    .input(giveGrantInput)
    .mutation(({ ctx, input }) => giveGrant(ctx.deps, ctx.actor, input)),
  end: tenantProcedure
    .input(endGrantInput)
    .mutation(({ ctx, input }) => endGrant(ctx.deps, ctx.actor, input)),
});
