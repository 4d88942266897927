import { createOwn, createOwnInput } from '../organisations/create-organisation.ts';
import { publicProcedure, router, signedInProcedure } from '../trpc.ts';
import { changeMyPassword, changePasswordInput, readMyPassword } from './change-my-password.ts';
import { confirmMyself, confirmMyselfInput } from './confirm-myself.ts';
import { endMySession, endMySessionInput } from './end-my-session.ts';
import { finishMySignIn, finishSignInInput, leaveMySignIn } from './finish-my-sign-in.ts';
import { listMySessions } from './list-my-sessions.ts';
import {
  beginFactorInput,
  beginMyFactor,
  confirmFactorInput,
  confirmMyFactor,
  makeMyCodes,
  readMyFactor,
  turnMyFactorOff,
} from './my-factor.ts';
import {
  addMyPasskey,
  addPasskeyInput,
  beginMyPasskey,
  removeMyPasskey,
  removePasskeyInput,
  renameMyPasskey,
  renamePasskeyInput,
} from './my-passkeys.ts';
import { readMe } from './read-me.ts';
import {
  askForMyPasskey,
  askForPasskey,
  askPasskeyInput,
  confirmByPasskey,
  passkeyShownInput,
  signInByPasskey,
} from './sign-in-with-passkey.ts';
import { signInInput, signInWithPassword } from './sign-in-with-password.ts';
import { signOutHere } from './sign-out-here.ts';

export const authRouter = router({
  signIn: publicProcedure
    .input(signInInput)
    .mutation(({ ctx, input }) => signInWithPassword(ctx.deps, ctx.request, input)),
  finishSignIn: publicProcedure
    .input(finishSignInInput)
    .mutation(({ ctx, input }) => finishMySignIn(ctx.deps, ctx.request, input)),
  leaveSignIn: publicProcedure.mutation(({ ctx }) => leaveMySignIn(ctx.deps, ctx.request)),
  askPasskey: publicProcedure
    .input(askPasskeyInput)
    .mutation(({ ctx, input }) => askForPasskey(ctx.deps, ctx.request, input)),
  signInByPasskey: publicProcedure
    .input(passkeyShownInput)
    .mutation(({ ctx, input }) => signInByPasskey(ctx.deps, ctx.request, input)),
  askMyPasskey: signedInProcedure.mutation(({ ctx }) => askForMyPasskey(ctx.deps, ctx.signedIn, ctx.request)),
  confirmByPasskey: signedInProcedure
    .input(passkeyShownInput)
    .mutation(({ ctx, input }) => confirmByPasskey(ctx.deps, ctx.signedIn, ctx.request, input)),
  confirm: signedInProcedure
    .input(confirmMyselfInput)
    .mutation(({ ctx, input }) => confirmMyself(ctx.deps, ctx.signedIn, input)),
  factor: signedInProcedure.query(({ ctx }) => readMyFactor(ctx.deps, ctx.signedIn)),
  beginFactor: signedInProcedure
    .input(beginFactorInput)
    .mutation(({ ctx, input }) => beginMyFactor(ctx.deps, ctx.signedIn, input)),
  confirmFactor: signedInProcedure
    .input(confirmFactorInput)
    .mutation(({ ctx, input }) => confirmMyFactor(ctx.deps, ctx.signedIn, ctx.request, input)),
  makeCodes: signedInProcedure.mutation(({ ctx }) => makeMyCodes(ctx.deps, ctx.signedIn)),
  turnFactorOff: signedInProcedure.mutation(({ ctx }) =>
    turnMyFactorOff(ctx.deps, ctx.signedIn, ctx.request),
  ),
  password: signedInProcedure.query(({ ctx }) => readMyPassword(ctx.deps, ctx.signedIn)),
  changePassword: signedInProcedure
    .input(changePasswordInput)
    .mutation(({ ctx, input }) => changeMyPassword(ctx.deps, ctx.signedIn, ctx.request, input)),
  beginPasskey: signedInProcedure.mutation(({ ctx }) => beginMyPasskey(ctx.deps, ctx.signedIn, ctx.request)),
  addPasskey: signedInProcedure
    .input(addPasskeyInput)
    .mutation(({ ctx, input }) => addMyPasskey(ctx.deps, ctx.signedIn, ctx.request, input)),
  renamePasskey: signedInProcedure
    .input(renamePasskeyInput)
    .mutation(({ ctx, input }) => renameMyPasskey(ctx.deps, ctx.signedIn, input)),
  removePasskey: signedInProcedure
    .input(removePasskeyInput)
    .mutation(({ ctx, input }) => removeMyPasskey(ctx.deps, ctx.signedIn, ctx.request, input)),
  signOut: signedInProcedure.mutation(({ ctx }) => signOutHere(ctx.deps, ctx.signedIn, ctx.request)),
  me: signedInProcedure.query(({ ctx }) => readMe(ctx.deps, ctx.signedIn)),
  /**
   * The page calls this at most once a minute while somebody types or points. Nothing is left to do here: the
   * procedure notes every change as input.
   */
  touch: signedInProcedure.mutation((): { noted: true } => ({ noted: true })),
  mySessions: signedInProcedure.query(({ ctx }) => listMySessions(ctx.deps, ctx.signedIn)),
  createOrganisation: signedInProcedure
    .input(createOwnInput)
    .mutation(({ ctx, input }) => createOwn(ctx.deps, ctx.signedIn, input)),
  endSession: signedInProcedure
    .input(endMySessionInput)
    .mutation(({ ctx, input }) => endMySession(ctx.deps, ctx.signedIn, input)),
});
