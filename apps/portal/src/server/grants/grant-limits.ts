/** People and teams that one sharing names; each gets a grant with an event of its own. */
export const MAX_RECEIVERS = 20;
