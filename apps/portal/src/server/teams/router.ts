import { router, tenantProcedure } from '../trpc.ts';
import {
  addTeamMembers,
  addTeamMembersInput,
  removeTeamMember,
  removeTeamMemberInput,
} from './change-members.ts';
import { createTeam, createTeamInput } from './create-team.ts';
import { getTeam, getTeamInput } from './get-team.ts';
import { listTeams, listTeamsInput } from './list-teams.ts';
import { removeTeam, removeTeamInput } from './remove-team.ts';
import { renameTeam, renameTeamInput } from './rename-team.ts';

export const teamsRouter = router({
  list: tenantProcedure
    .input(listTeamsInput)
    .query(({ ctx, input }) => listTeams(ctx.deps, ctx.actor, input)),
  get: tenantProcedure.input(getTeamInput).query(({ ctx, input }) => getTeam(ctx.deps, ctx.actor, input)),
  create: tenantProcedure
    .input(createTeamInput)
    .mutation(({ ctx, input }) => createTeam(ctx.deps, ctx.actor, input)),
  rename: tenantProcedure
    .input(renameTeamInput)
    .mutation(({ ctx, input }) => renameTeam(ctx.deps, ctx.actor, input)),
  addMembers: tenantProcedure
    .input(addTeamMembersInput)
    .mutation(({ ctx, input }) => addTeamMembers(ctx.deps, ctx.actor, input)),
  removeMember: tenantProcedure
    .input(removeTeamMemberInput)
    .mutation(({ ctx, input }) => removeTeamMember(ctx.deps, ctx.actor, input)),
  remove: tenantProcedure
    .input(removeTeamInput)
    .mutation(({ ctx, input }) => removeTeam(ctx.deps, ctx.actor, input)),
});
