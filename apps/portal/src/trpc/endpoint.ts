/** Where the API answers, on the one origin. */
export const TRPC_ENDPOINT = '/api/trpc';

/** More calls than this in one request are refused by the server, so the client never sends more. */
export const MAX_BATCH_ITEMS = 10;
