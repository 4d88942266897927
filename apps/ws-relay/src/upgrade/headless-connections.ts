import type { Duplex } from 'node:stream';
import { LIMITS } from '@porthole/relay-contract';

/**
 * Connections whose request has not wholly come. Whoever comes when there are too many pushes out the one that has been
 * silent longest: an honest browser sends its head at once, so that those who only hold places lose them first.
 */
export class HeadlessConnections {
  readonly #most: number;
  /** Oldest first. */
  readonly #connections = new Set<Duplex>();

  constructor(most: number = LIMITS.pendingUpgrades) {
    this.#most = most;
  }

  get waiting(): number {
    return this.#connections.size;
  }

  enter(connection: Duplex): void {
    const [oldest] = this.#connections;
    if (this.#connections.size >= this.#most && oldest !== undefined) {
      this.#connections.delete(oldest);
      oldest.destroy();
    }
    this.#connections.add(connection);
    connection.once('close', () => this.leave(connection));
  }

  /** Its head is here, or it has gone. */
  leave(connection: Duplex): void {
    this.#connections.delete(connection);
  }
}
