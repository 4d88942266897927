import { router, tenantProcedure } from '../trpc.ts';
import { answerKnock, answerKnockInput, atDoorInput, listAtDoor } from './answer-door.ts';
import { endGuestLink, handleGuestLinkInput, restoreGuestLink } from './end-guest-link.ts';
import { getGuestLink, getGuestLinkInput, listGuestLinks, listGuestLinksInput } from './list-guest-links.ts';
import { makeGuestLink, makeGuestLinkInput } from './make-guest-link.ts';

/** Guest links, for the people of the organisation; what guests themselves call is in `door`. */
export const guestsRouter = router({
  list: tenantProcedure
    .input(listGuestLinksInput)
    .query(({ ctx, input }) => listGuestLinks(ctx.deps, ctx.actor, input)),
  get: tenantProcedure
    .input(getGuestLinkInput)
    .query(({ ctx, input }) => getGuestLink(ctx.deps, ctx.actor, input)),
  make: tenantProcedure
    .input(makeGuestLinkInput)
    .mutation(({ ctx, input }) => makeGuestLink(ctx.deps, ctx.actor, input)),
  end: tenantProcedure
    .input(handleGuestLinkInput)
    .mutation(({ ctx, input }) => endGuestLink(ctx.deps, ctx.actor, input)),
  restore: tenantProcedure
    .input(handleGuestLinkInput)
    .mutation(({ ctx, input }) => restoreGuestLink(ctx.deps, ctx.actor, input)),
  atDoor: tenantProcedure
    .input(atDoorInput)
    .query(({ ctx, input }) => listAtDoor(ctx.deps, ctx.actor, input)),
  answer: tenantProcedure
    .input(answerKnockInput)
    .mutation(({ ctx, input }) => answerKnock(ctx.deps, ctx.actor, input)),
});
