/** People and teams that one sharing names; each gets a grant with an event of its own. */
export const MAX_RECEIVERS = 20;

/** Machines that one sharing names one by one. */
export const MAX_MACHINES_SHARED = 50;

/** Grants of one sharing, one for each receiver and machine: they are written in one transaction, with an event each. */
export const MAX_GRANTS_AT_ONCE = 100;
