import { loadEpochs } from '@porthole/authority';
import type { Deps as AllDeps } from '../deps-type.ts';

/** Questions that come within this time are asked as one. */
const GATHER_MS = 50;

interface Who {
  tenantId: string;
  personId: string;
}

interface Question extends Who {
  resolve: (epochs: string) => void;
  reject: (error: unknown) => void;
}

/**
 * The epochs by which a stream knows that nothing was changed about its person's rights. All streams of the process ask
 * every two seconds, so their questions become one statement however many there are.
 */
export class EpochReader {
  #waiting: Question[] = [];

  constructor(private readonly db: Pick<AllDeps['db'], 'withoutTenant'>) {}

  /**
   * Both epochs as one text, to be compared with an earlier one.
   *
   * @throws DbError
   */
  read({ tenantId, personId }: Who): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ tenantId, personId, resolve, reject });
      if (this.#waiting.length === 1) setTimeout(() => void this.#ask(), GATHER_MS);
    });
  }

  async #ask(): Promise<void> {
    const asked = this.#waiting;
    this.#waiting = [];
    try {
      const tenantIds = [...new Set(asked.map(({ tenantId }) => tenantId))];
      const personIds = [...new Set(asked.map(({ personId }) => personId))];
      const epochs = await this.db.withoutTenant((tx) => loadEpochs(tx, { tenantIds, personIds }));
      for (const { tenantId, personId, resolve } of asked)
        resolve(`${epochs.get(tenantId)}/${epochs.get(personId)}`);
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  }
}
