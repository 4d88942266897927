import { acceptAsNew, acceptAsNewInput } from '../invitations/accept-as-new.ts';
import { acceptInvitation, acceptInvitationInput } from '../invitations/accept-invitation.ts';
import { lookAtInvitation, lookAtInvitationInput } from '../invitations/look-at-invitation.ts';
import { publicProcedure, router, signedInProcedure } from '../trpc.ts';
import { askEmailChange, askEmailChangeInput } from './ask-email-change.ts';
import { askReset, askResetInput } from './ask-reset.ts';
import { confirmEmail, confirmEmailInput } from './confirm-email.ts';
import { lookAtReset, lookAtResetInput } from './look-at-reset.ts';
import { resetPassword, resetPasswordInput } from './reset-password.ts';

import {
  askSignUp,
  askSignUpInput,
  lookAtSignUp,
  lookAtSignUpInput,
  signUp,
  signUpInput,
} from './sign-up.ts';

/** What goes by mail. Looking is a mutation too: a secret goes in the body of a POST, never in an address. */
export const linksRouter = router({
  askReset: publicProcedure
    .input(askResetInput)
    .mutation(({ ctx, input }) => askReset(ctx.deps, ctx.request, input)),
  lookAtReset: publicProcedure
    .input(lookAtResetInput)
    .mutation(({ ctx, input }) => lookAtReset(ctx.deps, input)),
  resetPassword: publicProcedure
    .input(resetPasswordInput)
    .mutation(({ ctx, input }) => resetPassword(ctx.deps, ctx.request, input)),
  askSignUp: publicProcedure
    .input(askSignUpInput)
    .mutation(({ ctx, input }) => askSignUp(ctx.deps, ctx.request, input)),
  lookAtSignUp: publicProcedure
    .input(lookAtSignUpInput)
    .mutation(({ ctx, input }) => lookAtSignUp(ctx.deps, input)),
  signUp: publicProcedure
    .input(signUpInput)
    .mutation(({ ctx, input }) => signUp(ctx.deps, ctx.request, input)),
  askEmailChange: signedInProcedure
    .input(askEmailChangeInput)
    .mutation(({ ctx, input }) => askEmailChange(ctx.deps, ctx.signedIn, input)),
  confirmEmail: publicProcedure
    .input(confirmEmailInput)
    .mutation(({ ctx, input }) => confirmEmail(ctx.deps, ctx.request, input)),
  lookAtInvitation: publicProcedure
    .input(lookAtInvitationInput)
    .mutation(({ ctx, input }) => lookAtInvitation(ctx.deps, ctx.signedIn, input)),
  acceptAsNew: publicProcedure
    .input(acceptAsNewInput)
    .mutation(({ ctx, input }) => acceptAsNew(ctx.deps, ctx.request, input)),
  acceptInvitation: signedInProcedure
    .input(acceptInvitationInput)
    .mutation(({ ctx, input }) => acceptInvitation(ctx.deps, ctx.signedIn, input)),
});
