/**
 * What a token can be let do, each a word that its maker ticks; the table has a check that names the same. None gives more
 * than its person has at that moment.
 */
export const TOKEN_SCOPES = ['machines', 'power', 'share', 'log', 'pools'] as const;
export type TokenScope = (typeof TOKEN_SCOPES)[number];

export function isTokenScope(text: string): text is TokenScope {
  return TOKEN_SCOPES.some((scope) => scope === text);
}
