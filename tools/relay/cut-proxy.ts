import { connect, createServer, type Server, type Socket } from 'node:net';

/** Where a database goes away: at the first statement with these words, before it sees them or after it has acted. */
export interface Cut {
  readonly words: string;
  readonly when: 'before' | 'after';
}

/** A way to PostgreSQL that ends at a chosen statement, as a crash or a broken network would end it. */
export class CutProxy {
  readonly #server: Server;
  readonly #target: { host: string; port: number };
  readonly #sockets = new Set<Socket>();
  #cut: Cut | null = null;
  #act: () => void = () => this.goAway();
  #away = false;
  #cuts = 0;

  private constructor(target: { host: string; port: number }) {
    this.#target = target;
    this.#server = createServer((client) => this.#serve(client));
  }

  static async start(databaseUrl: string): Promise<CutProxy> {
    const { hostname, port } = new URL(databaseUrl);
    const proxy = new CutProxy({ host: hostname, port: Number(port) });
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  /** How often it has cut. */
  get cuts(): number {
    return this.#cuts;
  }

  /** The same database, by way of this proxy. */
  through(databaseUrl: string): string {
    const address = this.#server.address();
    const url = new URL(databaseUrl);
    url.hostname = '127.0.0.1';
    url.port = String(typeof address === 'object' && address !== null ? address.port : 0);
    return url.href;
  }

  /**
   * Ends every connection at the first such statement, and lets none be made until `restore`.
   * @param act what happens first: the moment to kill whoever asks
   */
  arm(cut: Cut, act: () => void = () => undefined): void {
    this.#cut = cut;
    this.#act = () => {
      act();
      this.goAway();
    };
  }

  /** The database is gone now. */
  goAway(): void {
    this.#away = true;
    this.#cut = null;
    for (const socket of this.#sockets) socket.destroy();
  }

  restore(): void {
    this.#away = false;
    this.#cut = null;
  }

  async stop(): Promise<void> {
    this.goAway();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(client: Socket): void {
    if (this.#away) {
      client.destroy();
      return;
    }
    const database = connect(this.#target);
    let isCut = false;
    for (const [socket, other] of [
      [client, database],
      [database, client],
    ] as const) {
      this.#sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
    }
    client.on('data', (bytes) => {
      if (this.#cut === null || !bytes.includes(this.#cut.words)) {
        database.write(bytes);
        return;
      }
      const { when } = this.#cut;
      this.#cut = null;
      this.#cuts += 1;
      isCut = true;
      if (when === 'before') this.#act();
      else database.write(bytes);
    });
    database.on('data', (bytes) => {
      // It has acted; its answer never arrives.
      if (isCut) this.#act();
      else client.write(bytes);
    });
  }
}
