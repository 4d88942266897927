import { type DbOptions, type Listener, listen } from '@porthole/db';
import { LimitError } from '../limit-error.ts';

/** Channels of the database and what a page makes of them. All carry an organisation's id, and nothing else. */
const KIND_OF_CHANNEL = {
  authority: 'authority',
  inventory: 'machines',
  audit: 'audit',
  pools: 'pools',
  power: 'power',
  checks: 'checks',
  requests: 'requests',
} as const;

/** A lingering stream is noticed by its ping within this time. */
const RETRY_AFTER_S = 10;

export const CHANGE_KINDS = [
  'machines',
  'audit',
  'pools',
  'power',
  'checks',
  'requests',
  'authority',
] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** Which organisation something changed for; null where anything may have: hints were lost. */
export type OnChange = (kind: ChangeKind, tenantId: string | null) => void;

/** Event streams of one person at one process: a browser needs one, and some linger after their tab. */
export const MAX_STREAMS_PER_PERSON = 24;

/**
 * The hints of PostgreSQL, on one connection for the whole process, shared by every page that watches. A hint is
 * never authority and may be lost: who watches also looks again by itself now and then.
 */
export class ChangeFeed {
  readonly #subscribers = new Map<OnChange, string>();
  #listener: Listener | null = null;

  constructor(private readonly database: DbOptions) {}

  /**
   * Calls back for each hint until the returned function is called. The connection is made for the first one.
   *
   * @throws LimitError `rate/limited` where the person has {@link MAX_STREAMS_PER_PERSON} already
   */
  subscribe(personId: string, onChange: OnChange): () => void {
    const streams = [...this.#subscribers.values()].filter((one) => one === personId).length;
    if (streams >= MAX_STREAMS_PER_PERSON) throw new LimitError(RETRY_AFTER_S, { personId, streams });
    this.#subscribers.set(onChange, personId);
    this.#listener ??= listen({
      ...this.database,
      applicationName: 'porthole-portal-live',
      channels: Object.keys(KIND_OF_CHANNEL),
      onNotify: ({ channel, payload }) => this.#tell(channel, payload),
      onGap: () => this.#tellAll(),
    });
    return () => void this.#subscribers.delete(onChange);
  }

  async close(): Promise<void> {
    await this.#listener?.close();
    this.#listener = null;
  }

  #tell(channel: string, payload: string): void {
    if (hasKind(channel)) this.#each(KIND_OF_CHANNEL[channel], payload);
  }

  #tellAll(): void {
    for (const kind of CHANGE_KINDS) this.#each(kind, null);
  }

  #each(kind: ChangeKind, tenantId: string | null): void {
    for (const subscriber of this.#subscribers.keys()) subscriber(kind, tenantId);
  }
}

function hasKind(channel: string): channel is keyof typeof KIND_OF_CHANNEL {
  return Object.hasOwn(KIND_OF_CHANNEL, channel);
}
