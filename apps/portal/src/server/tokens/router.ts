import { router, tenantProcedure } from '../trpc.ts';
import { endToken, endTokenInput } from './end-token.ts';
import { listMyTokens, listTokens, listTokensInput } from './list-tokens.ts';
import { makeToken, makeTokenInput } from './make-token.ts';

export const tokensRouter = router({
  mine: tenantProcedure.input(listTokensInput).query(({ ctx }) => listMyTokens(ctx.deps, ctx.actor)),
  list: tenantProcedure.input(listTokensInput).query(({ ctx }) => listTokens(ctx.deps, ctx.actor)),
  make: tenantProcedure
    .input(makeTokenInput)
    .mutation(({ ctx, input }) => makeToken(ctx.deps, ctx.actor, input)),
  end: tenantProcedure
    .input(endTokenInput)
    .mutation(({ ctx, input }) => endToken(ctx.deps, ctx.actor, input)),
});
