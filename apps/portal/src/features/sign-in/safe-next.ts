import { OWN_PATH } from '../../own-path.ts';

/** Where to go after signing in; null where the address asks for anything but a path of ours. */
export function safeNext(next: string | null): string | null {
  return next !== null && OWN_PATH.test(next) && !next.startsWith('/sign-in') ? next : null;
}
