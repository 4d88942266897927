/** Teams of one organisation: all of them are shown and searched at once. */
export const MAX_TEAMS = 200;

/** People of one team. */
export const MAX_TEAM_PEOPLE = 500;

/** People who are added by one call; each has an event of their own. */
export const MAX_ADDED_AT_ONCE = 50;

/** Characters of a team's name. */
export const MAX_TEAM_NAME = 60;
