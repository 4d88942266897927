import { router, tenantProcedure } from '../trpc.ts';
import {
  createForCustomer,
  createForCustomerInput,
  inviteOwner,
  inviteOwnerInput,
} from './create-organisation.ts';
import { listOrganisations, listOrganisationsInput } from './list-organisations.ts';
import { readMailState } from './mail-state.ts';
import {
  resumeInput,
  resumeOrganisation,
  suspendInput,
  suspendOrganisation,
} from './suspend-organisation.ts';

export const organisationsRouter = router({
  list: tenantProcedure
    .input(listOrganisationsInput)
    .query(({ ctx, input }) => listOrganisations(ctx.deps, ctx.actor, input)),
  mail: tenantProcedure.input(listOrganisationsInput).query(({ ctx }) => readMailState(ctx.deps, ctx.actor)),
  createForCustomer: tenantProcedure
    .input(createForCustomerInput)
    .mutation(({ ctx, input }) => createForCustomer(ctx.deps, ctx.actor, input)),
  inviteOwner: tenantProcedure
    .input(inviteOwnerInput)
    .mutation(({ ctx, input }) => inviteOwner(ctx.deps, ctx.actor, input)),
  suspend: tenantProcedure
    .input(suspendInput)
    .mutation(({ ctx, input }) => suspendOrganisation(ctx.deps, ctx.actor, input)),
  resume: tenantProcedure
    .input(resumeInput)
    .mutation(({ ctx, input }) => resumeOrganisation(ctx.deps, ctx.actor, input)),
});
