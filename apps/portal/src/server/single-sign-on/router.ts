import { publicProcedure, router, tenantProcedure } from '../trpc.ts';
import { beginSso, beginSsoInput } from './begin-sso.ts';
import { changeConnection, changeConnectionInput } from './change-connection.ts';
import { addDomain, domainInput, removeDomain, verifyDomain } from './domains.ts';
import { readConnection, readConnectionInput } from './read-connection.ts';

export const singleSignOnRouter = router({
  begin: publicProcedure
    .input(beginSsoInput)
    .mutation(({ ctx, input }) => beginSso(ctx.deps, ctx.request, input)),
  read: tenantProcedure.input(readConnectionInput).query(({ ctx }) => readConnection(ctx.deps, ctx.actor)),
  change: tenantProcedure
    .input(changeConnectionInput)
    .mutation(({ ctx, input }) => changeConnection(ctx.deps, ctx.actor, input)),
  addDomain: tenantProcedure
    .input(domainInput)
    .mutation(({ ctx, input }) => addDomain(ctx.deps, ctx.actor, input)),
  verifyDomain: tenantProcedure
    .input(domainInput)
    .mutation(({ ctx, input }) => verifyDomain(ctx.deps, ctx.actor, input)),
  removeDomain: tenantProcedure
    .input(domainInput)
    .mutation(({ ctx, input }) => removeDomain(ctx.deps, ctx.actor, input)),
});
