import { router, tenantProcedure } from '../trpc.ts';
import { listPeople, listPeopleInput } from './list-people.ts';

export const peopleRouter = router({
  list: tenantProcedure
    .input(listPeopleInput)
    .query(({ ctx, input }) => listPeople(ctx.deps, ctx.actor, input)),
});
