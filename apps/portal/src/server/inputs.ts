import { z } from 'zod';

/** Short name of an organisation, as it stands in the address. */
export const slugSchema = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/);

/** Every call inside an organisation names it: the path decides, so two tabs can hold two organisations. */
export const inOrg = { org: slugSchema } as const;

/** Free text of a search field. */
export const searchSchema = z.string().trim().max(200);
