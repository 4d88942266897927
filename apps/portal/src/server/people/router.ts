import { router, tenantProcedure } from '../trpc.ts';
import { leave, leaveInput, removePerson, removePersonInput } from './end-membership.ts';
import { getPerson, getPersonInput } from './get-person.ts';
import { listPeople, listPeopleInput } from './list-people.ts';
import { setRole, setRoleInput } from './set-role.ts';

export const peopleRouter = router({
  list: tenantProcedure
    .input(listPeopleInput)
    .query(({ ctx, input }) => listPeople(ctx.deps, ctx.actor, input)),
  get: tenantProcedure.input(getPersonInput).query(({ ctx, input }) => getPerson(ctx.deps, ctx.actor, input)),
  setRole: tenantProcedure
    .input(setRoleInput)
    .mutation(({ ctx, input }) => setRole(ctx.deps, ctx.actor, input)),
  remove: tenantProcedure
    .input(removePersonInput)
    .mutation(({ ctx, input }) => removePerson(ctx.deps, ctx.actor, input)),
  leave: tenantProcedure.input(leaveInput).mutation(({ ctx, input }) => leave(ctx.deps, ctx.actor, input)),
});
