import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '@porthole/errors';
import { receiptSchema } from '@porthole/relay-contract';
import { HUB_ACTIONS } from '@porthole/tickets';
import { z } from 'zod';

/** Largest journal, in bytes (security.md §7). */
export const MAX_JOURNAL_BYTES = 64 * 1024 * 1024;

const entrySchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('seat-close'),
    eventId: z.uuid(),
    seatId: z.uuid(),
    reason: z.string(),
    receipt: receiptSchema.nullable(),
  }),
  z.strictObject({
    kind: z.literal('hub-event'),
    eventId: z.uuid(),
    hubId: z.uuid(),
    action: z.enum(HUB_ACTIONS),
    data: z.record(z.string(), z.json()),
  }),
  z.strictObject({ kind: z.literal('hub-end'), hubId: z.uuid() }),
]);

/** Something that has happened and must reach the log, be it late. Safe to write twice: event ids are unique there. */
export type JournalEntry = z.infer<typeof entrySchema>;

/** The journal took nothing: what happens from here on could not be told afterwards. */
export class JournalError extends AppError {
  constructor(code: 'relay/journal-full' | 'relay/journal-unwritable', cause?: unknown) {
    super({ code, publicMessage: 'Porthole can’t write down what happens here right now.', cause });
  }
}

/**
 * The relay's own memory of ends that the database has not taken yet: one JSON object a line, on the disk before
 * `append` resolves, readable by nobody else (security.md §7).
 */
export class CloseJournal {
  readonly #file: FileHandle;
  readonly #maxBytes: number;
  #bytes: number;

  private constructor(file: FileHandle, bytes: number, maxBytes: number) {
    this.#file = file;
    this.#bytes = bytes;
    this.#maxBytes = maxBytes;
  }

  /** @throws JournalError relay/journal-unwritable */
  static async open(folder: string, relayId: string, maxBytes = MAX_JOURNAL_BYTES): Promise<CloseJournal> {
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const file = await open(join(folder, `${relayId}.journal`), 'a+', 0o600);
      const { size } = await file.stat();
      const journal = new CloseJournal(file, size, maxBytes);
      await journal.#endTornLine();
      return journal;
    } catch (cause) {
      throw new JournalError('relay/journal-unwritable', cause);
    }
  }

  get bytes(): number {
    return this.#bytes;
  }

  get isEmpty(): boolean {
    return this.#bytes === 0;
  }

  /** @throws JournalError relay/journal-full, relay/journal-unwritable; then nothing was written */
  async append(entry: JournalEntry): Promise<void> {
    const line = Buffer.from(`${JSON.stringify(entry)}\n`);
    if (this.#bytes + line.length > this.#maxBytes) throw new JournalError('relay/journal-full');
    try {
      await this.#file.appendFile(line);
      await this.#file.datasync();
    } catch (cause) {
      // Half a line would swallow the next one.
      await this.#file.truncate(this.#bytes);
      throw new JournalError('relay/journal-unwritable', cause);
    }
    this.#bytes += line.length;
  }

  /** All entries in their order. A line that a crash cut short was never acknowledged and is left out. */
  async read(): Promise<JournalEntry[]> {
    const text = Buffer.alloc(this.#bytes);
    await this.#file.read(text, 0, this.#bytes, 0);
    return text
      .toString('utf8')
      .split('\n')
      .map(parseEntry)
      .filter((entry) => entry !== null);
  }

  /** Forgets everything: the database has it. */
  async clear(): Promise<void> {
    await this.#file.truncate(0);
    await this.#file.datasync();
    this.#bytes = 0;
  }

  /** A crash may have left half a line at the end. */
  async #endTornLine(): Promise<void> {
    if (this.#bytes === 0) return;
    const last = Buffer.alloc(1);
    await this.#file.read(last, 0, 1, this.#bytes - 1);
    if (last.toString() === '\n') return;
    await this.#file.appendFile('\n');
    this.#bytes += 1;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

function parseEntry(line: string): JournalEntry | null {
  try {
    return entrySchema.parse(JSON.parse(line));
  } catch {
    return null;
  }
}
