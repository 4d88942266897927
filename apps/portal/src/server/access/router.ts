import { router, tenantProcedure } from '../trpc.ts';
import { accessOfMachine, accessOfMachineInput } from './access-of-machine.ts';
import { accessOfPerson, accessOfPersonInput } from './access-of-person.ts';

export const accessRouter = router({
  ofPerson: tenantProcedure
    .input(accessOfPersonInput)
    .query(({ ctx, input }) => accessOfPerson(ctx.deps, ctx.actor, input)),
  ofMachine: tenantProcedure
    .input(accessOfMachineInput)
    .query(({ ctx, input }) => accessOfMachine(ctx.deps, ctx.actor, input)),
});
