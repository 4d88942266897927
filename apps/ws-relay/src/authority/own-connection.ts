import type { PgClient, PgConnection, PgPool } from '@porthole/db';

/**
 * One connection of the pool for the questions about authority alone. When many consoles end at once their closes fill
 * the pool's queue, and whether the others may go on must not be asked behind them.
 */
export class OwnConnection implements PgClient {
  readonly #pool: PgPool;
  #connection: Promise<PgConnection> | null = null;

  constructor(pool: PgPool) {
    this.#pool = pool;
  }

  /** @throws what pg throws; the connection is then given up, and the next question gets another */
  async query(text: string, values?: unknown[]): Promise<{ rows: unknown[]; rowCount: number | null }> {
    this.#connection ??= this.#pool.connect();
    const connection = this.#connection;
    try {
      return await (await connection).query(text, values);
    } catch (error) {
      this.#giveUp(connection);
      throw error;
    }
  }

  /** Gives it back; a later question takes one anew. */
  release(): void {
    if (this.#connection !== null) this.#giveUp(this.#connection);
  }

  #giveUp(connection: Promise<PgConnection>): void {
    if (this.#connection !== connection) return;
    this.#connection = null;
    connection.then(
      (one) => one.release(true),
      () => undefined,
    );
  }
}
