const [NAME, USER] = ['porthole.add-pool.name', 'porthole.add-pool.user'];

/** What was typed of a pool stays in this tab while one looks elsewhere; the password never does. */
export function keepDraft(name: string, user: string): void {
  keep(NAME, name);
  keep(USER, user);
}

export const keptName = () => kept(NAME);
export const keptUser = () => kept(USER);

function keep(key: string, text: string): void {
  try {
    if (text === '') sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, text);
  } catch (error) {
    // A browser may keep nothing: the draft is then this page's alone.
    if (!(error instanceof DOMException)) throw error;
  }
}

function kept(key: string): string {
  try {
    return sessionStorage.getItem(key) ?? '';
  } catch (error) {
    if (error instanceof DOMException) return '';
    throw error;
  }
}
