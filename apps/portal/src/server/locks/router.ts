import { router, tenantProcedure } from '../trpc.ts';
import {
  customerLocks,
  customerLocksInput,
  freeCustomer,
  freeCustomerInput,
  lockCustomer,
  lockCustomerInput,
} from './customer-locks.ts';
import { listLocks, listLocksInput, locksHere } from './list-locks.ts';
import { liftLock, liftLockInput, previewLock, previewLockInput, setLock, setLockInput } from './set-lock.ts';

export const locksRouter = router({
  list: tenantProcedure.input(listLocksInput).query(({ ctx }) => listLocks(ctx.deps, ctx.actor)),
  here: tenantProcedure.input(listLocksInput).query(({ ctx }) => locksHere(ctx.deps, ctx.actor)),
  preview: tenantProcedure
    .input(previewLockInput)
    .query(({ ctx, input }) => previewLock(ctx.deps, ctx.actor, input)),
  set: tenantProcedure.input(setLockInput).mutation(({ ctx, input }) => setLock(ctx.deps, ctx.actor, input)),
  lift: tenantProcedure
    .input(liftLockInput)
    .mutation(({ ctx, input }) => liftLock(ctx.deps, ctx.actor, input)),
  ofCustomers: tenantProcedure
    .input(customerLocksInput)
    .query(({ ctx }) => customerLocks(ctx.deps, ctx.actor)),
  setOverCustomer: tenantProcedure
    .input(lockCustomerInput)
    .mutation(({ ctx, input }) => lockCustomer(ctx.deps, ctx.actor, input)),
  liftOverCustomer: tenantProcedure
    .input(freeCustomerInput)
    .mutation(({ ctx, input }) => freeCustomer(ctx.deps, ctx.actor, input)),
});
