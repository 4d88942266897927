/** Invitations of one organisation that nobody has answered yet. */
export const MAX_OPEN_INVITATIONS = 100;
/** Teams that one invitation leads into; the table has a check that says the same. */
export const MAX_INVITATION_TEAMS = 20;
/** Mails of invitations: of one organisation, and to one address from it. */
export const PER_ORGANISATION = { windowS: 3_600, max: 60 } as const;
export const PER_ADDRESS = { windowS: 3_600, max: 3 } as const;
