import { resolveTxt } from 'node:dns/promises';

/** All texts of a name in DNS, each put together from its parts; none where there are none. Opens no connection of ours. */
export type ResolveText = (name: string) => Promise<readonly string[]>;

const NONE = new Set(['ENODATA', 'ENOTFOUND', 'ESERVFAIL', 'ETIMEOUT', 'EREFUSED']);

export const resolveText: ResolveText = async (name) => {
  try {
    return (await resolveTxt(name)).map((parts) => parts.join(''));
  } catch (error) {
    if (error instanceof Error && 'code' in error && NONE.has(String(error.code))) return [];
    throw error;
  }
};
