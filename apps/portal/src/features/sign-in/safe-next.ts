/** Only a path of ours: no open redirect (security.md §10). */
const OWN_PATH = /^\/(?![/\\])/;

/** Where to go after signing in; null where the address asks for anything but a path of ours. */
export function safeNext(next: string | null): string | null {
  return next !== null && OWN_PATH.test(next) && !next.startsWith('/sign-in') ? next : null;
}
