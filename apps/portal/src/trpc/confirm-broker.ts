/** What an act asks of who acts: to prove to be themself at all, or by their second factor. */
export interface ConfirmWish {
  proof: 'any' | 'factor';
  /** The organisation that the act is in, by its name in addresses; null for one's own account. */
  org: string | null;
}

type Ask = (wish: ConfirmWish) => Promise<boolean>;

/** Where calls that need a proof meet the one dialog that can get it. */
export class ConfirmBroker {
  #ask: Ask | null = null;

  /** The dialog, once it stands. @returns takes it away again */
  attach(ask: Ask): () => void {
    this.#ask = ask;
    return () => {
      if (this.#ask === ask) this.#ask = null;
    };
  }

  /** @returns whether the person proved it; false as well where nobody can be asked */
  ask(wish: ConfirmWish): Promise<boolean> {
    return this.#ask?.(wish) ?? Promise.resolve(false);
  }
}
