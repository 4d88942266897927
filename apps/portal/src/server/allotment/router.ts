import { router, tenantProcedure } from '../trpc.ts';
import { applyAllotment, applyAllotmentInput } from './apply-allotment.ts';
import { findOrganisations, findOrganisationsInput } from './find-organisations.ts';
import { listAllotted, listAllottedInput } from './list-allotted.ts';
import { previewAllotment, previewAllotmentInput } from './preview-allotment.ts';
import { readAllotment, readAllotmentInput } from './read-allotment.ts';

export const allotmentRouter = router({
  read: tenantProcedure
    .input(readAllotmentInput)
    .query(({ ctx, input }) => readAllotment(ctx.deps, ctx.actor, input)),
  machines: tenantProcedure
    .input(listAllottedInput)
    .query(({ ctx, input }) => listAllotted(ctx.deps, ctx.actor, input)),
  organisations: tenantProcedure
    .input(findOrganisationsInput)
    .query(({ ctx, input }) => findOrganisations(ctx.deps, ctx.actor, input)),
  // A draft is too long for an address, so it comes as a change does; it changes nothing.
  preview: tenantProcedure
    .input(previewAllotmentInput)
    .mutation(({ ctx, input }) => previewAllotment(ctx.deps, ctx.actor, input)),
  // Not `apply`: tRPC keeps that word for itself.
  change: tenantProcedure
    .input(applyAllotmentInput)
    .mutation(({ ctx, input }) => applyAllotment(ctx.deps, ctx.actor, input)),
});
