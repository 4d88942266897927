import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { connectionOf, type DbOptions } from './pg-pool.ts';

/** Full-jitter pause between tries to come back, in milliseconds (security.md §12). */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

export interface Notification {
  channel: string;
  /** Ids only, and never authority: any role can send one (architecture §1). */
  payload: string;
}

export interface Listener {
  close(): Promise<void>;
}

/**
 * Listens on channels with one connection of its own and comes back by itself when that ends. Hints may be lost
 * meanwhile: `onGap` says so after each new connection but the first, and the caller polls once.
 *
 * @param options.channels names of ours, `^[a-z_]+$`
 */
export function listen(
  options: DbOptions & {
    channels: readonly string[];
    onNotify: (notification: Notification) => void;
    onGap?: () => void;
  },
): Listener {
  const closing = new AbortController();
  let current: pg.Client | null = null;
  const running = keepListening();
  return {
    close: async () => {
      closing.abort();
      await current?.end();
      await running;
    },
  };

  async function keepListening(): Promise<void> {
    let failures = 0;
    for (let round = 0; !closing.signal.aborted; round += 1) {
      try {
        await listenOnce(round > 0);
        failures = 0;
      } catch (err) {
        failures += 1;
        options.log?.warn({ err, failures }, 'the listening connection ended');
      }
      await pause(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures));
    }
  }

  /** Resolves when the connection ends in peace, rejects when it cannot be made or breaks. */
  async function listenOnce(isComingBack: boolean): Promise<void> {
    const client = new pg.Client(connectionOf(options));
    current = client;
    const ended = new Promise<void>((resolve, reject) => {
      client.on('end', resolve);
      client.on('error', reject);
    });
    client.on('notification', ({ channel, payload }) =>
      options.onNotify({ channel, payload: payload ?? '' }),
    );
    try {
      await Promise.race([client.connect(), ended]);
      for (const channel of options.channels)
        await client.query(`LISTEN ${client.escapeIdentifier(channel)}`);
      if (isComingBack) options.onGap?.();
      await ended;
    } finally {
      current = null;
      await client.end().catch(() => undefined);
    }
  }

  async function pause(longestMs: number): Promise<void> {
    // An abort is the order to stop, seen by the loop's own condition.
    await delay(Math.random() * longestMs, undefined, { signal: closing.signal }).catch(() => undefined);
  }
}
