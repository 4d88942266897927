import { publicProcedure, router } from '../trpc.ts';
import { arrive, doorLinkInput, lookAtDoor } from './arrive.ts';
import { guestOutcomeInput, openAsGuest, readGuestOutcome } from './open-as-guest.ts';
import { knock, leaveDoor, prove, proveInput } from './prove.ts';
import { readVisit } from './read-visit.ts';

/**
 * What a guest may call: nobody is signed in here, and each call is judged by the visit in the cookie. All are mutations: no
 * address holds anything of a guest.
 */
export const doorRouter = router({
  look: publicProcedure
    .input(doorLinkInput)
    .mutation(({ ctx, input }) => lookAtDoor(ctx.deps, ctx.request, input)),
  arrive: publicProcedure
    .input(doorLinkInput)
    .mutation(({ ctx, input }) => arrive(ctx.deps, ctx.request, input)),
  prove: publicProcedure.input(proveInput).mutation(({ ctx, input }) => prove(ctx.deps, ctx.request, input)),
  knock: publicProcedure.mutation(({ ctx }) => knock(ctx.deps, ctx.request)),
  visit: publicProcedure.mutation(({ ctx }) => readVisit(ctx.deps, ctx.request)),
  open: publicProcedure.mutation(({ ctx }) => openAsGuest(ctx.deps, ctx.request)),
  outcome: publicProcedure
    .input(guestOutcomeInput)
    .mutation(({ ctx, input }) => readGuestOutcome(ctx.deps, ctx.request, input)),
  leave: publicProcedure.mutation(({ ctx }) => leaveDoor(ctx.deps, ctx.request)),
});
