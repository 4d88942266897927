import { router, tenantProcedure } from '../trpc.ts';
import { handleInvitationInput, resendInvitation, withdrawInvitation } from './handle-invitation.ts';
import { invite, inviteInput } from './invite.ts';
import { listInvitations, listInvitationsInput } from './list-invitations.ts';

export const invitationsRouter = router({
  list: tenantProcedure
    .input(listInvitationsInput)
    .query(({ ctx, input }) => listInvitations(ctx.deps, ctx.actor, input)),
  send: tenantProcedure.input(inviteInput).mutation(({ ctx, input }) => invite(ctx.deps, ctx.actor, input)),
  resend: tenantProcedure
    .input(handleInvitationInput)
    .mutation(({ ctx, input }) => resendInvitation(ctx.deps, ctx.actor, input)),
  withdraw: tenantProcedure
    .input(handleInvitationInput)
    .mutation(({ ctx, input }) => withdrawInvitation(ctx.deps, ctx.actor, input)),
});
