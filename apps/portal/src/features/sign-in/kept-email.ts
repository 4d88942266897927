const KEY = 'porthole.email';

/** The e-mail stays for who comes back from the second factor, in this tab alone. */
export function keepEmail(email: string | null): void {
  try {
    if (email === null) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, email);
  } catch {
    // A browser that keeps nothing asks for it again.
    return;
  }
}

export function keptEmail(): string {
  try {
    return sessionStorage.getItem(KEY) ?? '';
  } catch {
    return '';
  }
}
