/** Where an issuer sends the browser back; made from the one origin, never from a header. */
export function redirectUriOf(origin: string): string {
  return `${origin}/sign-in/single-sign-on`;
}
