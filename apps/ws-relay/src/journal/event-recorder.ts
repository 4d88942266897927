import { codeOf } from '@porthole/errors';
import type { Logger } from '@porthole/logger';
import { type Cancel, type Clock, every, settlesWithin } from '../clock.ts';
import type { CloseJournal, JournalEntry } from './close-journal.ts';

/** How often the journal is offered to the database again, in milliseconds. */
export const REPLAY_EVERY_MS = 2_000;
/**
 * How long the database may take over one entry, in milliseconds: what it may take over a statement, and a little. A
 * network that swallows everything would keep the entry in memory until the process ends.
 */
export const WRITE_PATIENCE_MS = 6_000;

export interface EventRecorderDeps {
  /** Writes one entry to the database; throws `db/away` or `db/busy` where it should be tried again. */
  readonly write: (entry: JournalEntry) => Promise<void>;
  readonly journal: CloseJournal;
  readonly clock: Clock;
  readonly log: Logger;
  /** Neither database nor journal takes anything: nothing may stay open. */
  readonly onUnwritable: () => void;
}

/**
 * Records what has happened, in its order, exactly once: in the database, or while that is away in the journal, from
 * which it is replayed. What has been recorded is on a disk.
 */
export class EventRecorder {
  readonly #deps: EventRecorderDeps;
  readonly #cancelReplay: Cancel;
  #last: Promise<void> = Promise.resolve();
  #unwritable = false;

  constructor(deps: EventRecorderDeps) {
    this.#deps = deps;
    this.#cancelReplay = every(deps.clock, REPLAY_EVERY_MS, () => {
      if (!this.#deps.journal.isEmpty) void this.replay();
    });
  }

  /** False once an entry could be kept nowhere, until one can again. */
  get isWritable(): boolean {
    return !this.#unwritable;
  }

  /** Resolves when the entry is on a disk, or when it was said loudly that it could not be. */
  record(entry: JournalEntry): Promise<void> {
    return this.#enqueue(() => this.#write(entry));
  }

  /** Offers the journal to the database; stops quietly at the first entry that it does not take yet. */
  replay(): Promise<void> {
    return this.#enqueue(() => this.#replayAll());
  }

  /** Resolves when all that was recorded so far is on a disk; the journal's timer stops. */
  async settle(): Promise<void> {
    this.#cancelReplay();
    await this.#last;
  }

  #enqueue(work: () => Promise<void>): Promise<void> {
    // One that fails, as reading a damaged disk may, must not stop those behind it.
    this.#last = this.#last.then(work).catch((err: unknown) => {
      this.#deps.log.error({ err }, 'the journal could not be worked with');
    });
    return this.#last;
  }

  async #write(entry: JournalEntry): Promise<void> {
    // While older entries wait in the journal, newer ones stand behind them.
    if (this.#deps.journal.isEmpty && (await this.#toDatabase(entry))) return;
    try {
      await this.#deps.journal.append(entry);
      this.#unwritable = false;
    } catch (err) {
      this.#deps.log.error({ err, entry }, 'an end could be recorded nowhere');
      if (this.#unwritable) return;
      this.#unwritable = true;
      this.#deps.onUnwritable();
    }
  }

  async #replayAll(): Promise<void> {
    const { journal, log } = this.#deps;
    if (journal.isEmpty) return;
    const entries = await journal.read();
    for (const entry of entries) if (!(await this.#toDatabase(entry))) return;
    await journal.clear();
    this.#unwritable = false;
    log.info({ entries: entries.length }, 'the journal was replayed');
  }

  /** @returns false where the database is to be asked again later */
  async #toDatabase(entry: JournalEntry): Promise<boolean> {
    const { write, clock, log } = this.#deps;
    try {
      const writing = write(entry);
      if (!(await settlesWithin(clock, WRITE_PATIENCE_MS, writing))) {
        log.warn({ entryKind: entry.kind }, 'the database says nothing to an end');
        return false;
      }
      await writing;
    } catch (err) {
      const code = codeOf(err);
      if (code === 'db/away' || code === 'db/busy') {
        log.warn({ err, entryKind: entry.kind }, 'the database does not take an end yet');
        return false;
      }
      // It will never take this one, and those behind it must not wait for ever.
      log.error({ err, entry }, 'the database refuses an end');
    }
    return true;
  }
}
