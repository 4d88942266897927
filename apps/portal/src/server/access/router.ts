import { router, tenantProcedure } from '../trpc.ts';
import { accessOfMachine, accessOfMachineInput } from './access-of-machine.ts';
import { accessOfPerson, accessOfPersonInput } from './access-of-person.ts';
import { exportAccess, exportAccessInput } from './export-access.ts';

export const accessRouter = router({
  export: tenantProcedure
    .input(exportAccessInput)
    .mutation(({ ctx, input }) => exportAccess(ctx.deps, ctx.actor, input)),
  ofPerson: tenantProcedure
    .input(accessOfPersonInput)
    .query(({ ctx, input }) => accessOfPerson(ctx.deps, ctx.actor, input)),
  ofMachine: tenantProcedure
    .input(accessOfMachineInput)
    .query(({ ctx, input }) => accessOfMachine(ctx.deps, ctx.actor, input)),
});
