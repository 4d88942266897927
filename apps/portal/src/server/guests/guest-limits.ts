const HOUR_S = 3_600;
const MINUTE_MS = 60_000;

/** How long a guest link may last, in milliseconds; the table has a check that says the same. */
export const GUEST_LINK_MAX_MS = 14 * 24 * 60 * MINUTE_MS;
/** Links that have not ended, of one machine and of one organisation. */
export const MAX_LINKS_PER_MACHINE = 20;
export const MAX_LINKS_PER_ORGANISATION = 200;
/** How long one visit may last once it is inside, in milliseconds: as long as a console. */
export const GUEST_VISIT_MAX_MS = 8 * 60 * MINUTE_MS;
/** How long a visit that is not inside is kept, in milliseconds. */
export const AT_DOOR_MS = 30 * MINUTE_MS;
/** After this long without an answer a knock is over, in milliseconds, and may be made again. */
export const DOOR_ANSWER_MS = 10 * MINUTE_MS;
/** For so long after it was ended by hand a link may be restored, in milliseconds. */
export const RESTORE_WITHIN_MS = 2 * MINUTE_MS;

/** Mails with links: by one person, and to one address of an organisation. */
export const LINKS_PER_MAKER = { windowS: HOUR_S, max: 30 } as const;
export const LINKS_PER_ADDRESS = { windowS: HOUR_S, max: 5 } as const;
/** Looks at links from one address of the network. */
export const LOOKS_PER_IP = { windowS: 900, max: 60 } as const;
/** Mails with codes for one link. */
export const CODES_PER_LINK = { windowS: HOUR_S, max: 6 } as const;
/** Codes that are typed: for one visit, and for one link in all its visits. */
export const TRIES_PER_VISIT = { windowS: 900, max: 5 } as const;
export const TRIES_PER_LINK = { windowS: HOUR_S, max: 20 } as const;
export const KNOCKS_PER_LINK = { windowS: 900, max: 5 } as const;
/** Consoles opened with one link. */
export const OPENS_PER_LINK = { windowS: 60, max: 10 } as const;
