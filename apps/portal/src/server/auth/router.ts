import { publicProcedure, router, signedInProcedure } from '../trpc.ts';
import { endMySession, endMySessionInput } from './end-my-session.ts';
import { listMySessions } from './list-my-sessions.ts';
import { readMe } from './read-me.ts';
import { signInInput, signInWithPassword } from './sign-in-with-password.ts';
import { signOutHere } from './sign-out-here.ts';

export const authRouter = router({
  signIn: publicProcedure
    .input(signInInput)
    .mutation(({ ctx, input }) => signInWithPassword(ctx.deps, ctx.request, input)),
  signOut: signedInProcedure.mutation(({ ctx }) => signOutHere(ctx.deps, ctx.signedIn, ctx.request)),
  me: signedInProcedure.query(({ ctx }) => readMe(ctx.deps, ctx.signedIn)),
  /**
   * The page calls this at most once a minute while somebody types or points. Nothing is left to do here: the
   * procedure notes every change as input.
   */
  touch: signedInProcedure.mutation((): { noted: true } => ({ noted: true })),
  mySessions: signedInProcedure.query(({ ctx }) => listMySessions(ctx.deps, ctx.signedIn)),
  endSession: signedInProcedure
    .input(endMySessionInput)
    .mutation(({ ctx, input }) => endMySession(ctx.deps, ctx.signedIn, input)),
});
