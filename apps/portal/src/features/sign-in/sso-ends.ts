/** How a way to an issuer may end, but for inside; the address of the sign-in page says which. */
export const SSO_ENDS = [
  'none',
  'over',
  'unreachable',
  'refused',
  'untrusted',
  'unverified',
  'other-domain',
  'other-account',
  'no-member',
  'fault',
] as const;
export type SsoEnd = (typeof SSO_ENDS)[number];

/** The end that an address or an answer names; null for none of ours. */
export function ssoEndIn(text: string | null): SsoEnd | null {
  return SSO_ENDS.find((end) => end === text) ?? null;
}
