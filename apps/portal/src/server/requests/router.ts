import { router, tenantProcedure } from '../trpc.ts';
import {
  approveRequest,
  approveRequestInput,
  refuseRequest,
  refuseRequestInput,
  withdrawRequest,
  withdrawRequestInput,
} from './answer-request.ts';
import { askForAccess, askForAccessInput, breakGlass, breakGlassInput } from './ask-for-access.ts';
import { confirmGlass, confirmGlassInput, reviewGlass, reviewGlassInput } from './confirm-glass.ts';
import {
  countRequests,
  getRequest,
  getRequestInput,
  listRequests,
  listRequestsInput,
} from './list-requests.ts';
import { requestsOfMachine, requestsOfMachineInput } from './requests-of-machine.ts';

export const requestsRouter = router({
  list: tenantProcedure.input(listRequestsInput).query(({ ctx }) => listRequests(ctx.deps, ctx.actor)),
  count: tenantProcedure.input(listRequestsInput).query(({ ctx }) => countRequests(ctx.deps, ctx.actor)),
  get: tenantProcedure
    .input(getRequestInput)
    .query(({ ctx, input }) => getRequest(ctx.deps, ctx.actor, input)),
  ofMachine: tenantProcedure
    .input(requestsOfMachineInput)
    .query(({ ctx, input }) => requestsOfMachine(ctx.deps, ctx.actor, input)),
  ask: tenantProcedure
    .input(askForAccessInput)
    .mutation(({ ctx, input }) => askForAccess(ctx.deps, ctx.actor, input)),
  withdraw: tenantProcedure
    .input(withdrawRequestInput)
    .mutation(({ ctx, input }) => withdrawRequest(ctx.deps, ctx.actor, input)),
  approve: tenantProcedure
    .input(approveRequestInput)
    .mutation(({ ctx, input }) => approveRequest(ctx.deps, ctx.actor, input)),
  refuse: tenantProcedure
    .input(refuseRequestInput)
    .mutation(({ ctx, input }) => refuseRequest(ctx.deps, ctx.actor, input)),
  breakGlass: tenantProcedure
    .input(breakGlassInput)
    .mutation(({ ctx, input }) => breakGlass(ctx.deps, ctx.actor, input)),
  confirm: tenantProcedure
    .input(confirmGlassInput)
    .mutation(({ ctx, input }) => confirmGlass(ctx.deps, ctx.actor, input)),
  review: tenantProcedure
    .input(reviewGlassInput)
    .mutation(({ ctx, input }) => reviewGlass(ctx.deps, ctx.actor, input)),
});
