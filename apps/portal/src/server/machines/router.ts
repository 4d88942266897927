import { router, tenantProcedure } from '../trpc.ts';
import { changedMachines, changedMachinesInput } from './changed-machines.ts';
import { getMachine, getMachineInput } from './get-machine.ts';
import { listMachines, listMachinesInput } from './list-machines.ts';

export const machinesRouter = router({
  list: tenantProcedure
    .input(listMachinesInput)
    .query(({ ctx, input }) => listMachines(ctx.deps, ctx.actor, input)),
  changed: tenantProcedure
    .input(changedMachinesInput)
    .query(({ ctx, input }) => changedMachines(ctx.deps, ctx.actor, input)),
  get: tenantProcedure
    .input(getMachineInput)
    .query(({ ctx, input }) => getMachine(ctx.deps, ctx.actor, input)),
});
