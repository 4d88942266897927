import { publicProcedure, router, signedInProcedure } from '../trpc.ts';
import { endMySession, endMySessionInput } from './end-my-session.ts';
import { listMySessions } from './list-my-sessions.ts';
import { noteInput } from './note-input.ts';
import { readMe } from './read-me.ts';
import { signInInput, signInWithPassword } from './sign-in-with-password.ts';
import { signOutHere } from './sign-out-here.ts';

export const authRouter = router({
  signIn: publicProcedure
    .input(signInInput)
    .mutation(({ ctx, input }) => signInWithPassword(ctx.deps, input)),
  signOut: signedInProcedure.mutation(({ ctx }) => signOutHere(ctx.deps, ctx.signedIn)),
  me: signedInProcedure.query(({ ctx }) => readMe(ctx.deps, ctx.signedIn)),
  /** The page calls this at most once a minute while somebody types or points, consoles included. */
  touch: signedInProcedure.mutation(({ ctx }) => noteInput(ctx.deps, ctx.signedIn)),
  mySessions: signedInProcedure.query(({ ctx }) => listMySessions(ctx.deps, ctx.signedIn)),
  endSession: signedInProcedure
    .input(endMySessionInput)
    .mutation(({ ctx, input }) => endMySession(ctx.deps, ctx.signedIn, input)),
});
