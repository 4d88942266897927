import { appendFile, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '@porthole/errors';
import { createLogger } from '@porthole/logger';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../manual-clock.ts';
import { CloseJournal, type JournalEntry, MAX_JOURNAL_BYTES } from './close-journal.ts';
import { EventRecorder, REPLAY_EVERY_MS, WRITE_PATIENCE_MS } from './event-recorder.ts';

const away = () => new AppError({ code: 'db/away' });
const hubEnd = (digit: number): JournalEntry => ({
  kind: 'hub-end',
  hubId: `00000000-0000-4000-8000-00000000000${digit}`,
});

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'porthole-journal-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function recorder(maxBytes = MAX_JOURNAL_BYTES) {
  const written: JournalEntry[] = [];
  const state = { failure: null as Error | null, silent: false, unwritable: 0 };
  const clock = new ManualClock();
  const journal = await CloseJournal.open(folder, 'relay-1', maxBytes);
  const events = new EventRecorder({
    write: async (entry) => {
      if (state.silent) await new Promise(() => undefined);
      if (state.failure !== null) throw state.failure;
      written.push(entry);
    },
    journal,
    clock,
    log: createLogger({ app: 'test', level: 'silent' }),
    onUnwritable: () => {
      state.unwritable += 1;
    },
  });
  return { written, state, clock, journal, events };
}

describe('recording ends', () => {
  it('writes them to the database in their order', async () => {
    const { events, written } = await recorder();
    void events.record(hubEnd(1));
    await events.record(hubEnd(2));
    expect(written).toEqual([hubEnd(1), hubEnd(2)]);
  });

  it('keeps them on the disk while the database is away, and replays them once', async () => {
    const { events, written, state, clock } = await recorder();
    state.failure = away();
    await events.record(hubEnd(1));
    state.failure = null;
    await events.record(hubEnd(2));
    expect(written).toEqual([]);
    clock.advance(REPLAY_EVERY_MS);
    await events.settle();
    expect(written).toEqual([hubEnd(1), hubEnd(2)]);
  });

  it('keeps on the disk what a database says nothing to', async () => {
    const { events, written, state, clock, journal } = await recorder();
    state.silent = true;
    const recorded = events.record(hubEnd(1));
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(WRITE_PATIENCE_MS);
    await recorded;
    expect(journal.isEmpty).toBe(false);
    state.silent = false;
    await events.replay();
    expect(written).toEqual([hubEnd(1)]);
  });

  it('finds after a restart what an earlier process left', async () => {
    const before = await recorder();
    before.state.failure = away();
    await before.events.record(hubEnd(1));
    await before.journal.close();
    const after = await recorder();
    await after.events.replay();
    expect(after.written).toEqual([hubEnd(1)]);
    expect(after.journal.isEmpty).toBe(true);
  });

  it('loses nothing behind a line that a crash cut short', async () => {
    await appendFile(join(folder, 'relay-1.journal'), '{"kind":"hub-e');
    const { events, written, state, clock } = await recorder();
    state.failure = away();
    await events.record(hubEnd(1));
    state.failure = null;
    clock.advance(REPLAY_EVERY_MS);
    await events.settle();
    expect(written).toEqual([hubEnd(1)]);
  });

  it('keeps the journal to its owner', async () => {
    const { state, events } = await recorder();
    state.failure = away();
    await events.record(hubEnd(1));
    expect((await stat(join(folder, 'relay-1.journal'))).mode & 0o777).toBe(0o600);
  });

  it('says so once when nothing takes them any more, and is well again afterwards', async () => {
    const { events, state, clock } = await recorder(100);
    state.failure = away();
    for (const digit of [1, 2, 3]) await events.record(hubEnd(digit));
    expect(state.unwritable).toBe(1);
    expect(events.isWritable).toBe(false);
    state.failure = null;
    clock.advance(REPLAY_EVERY_MS);
    await events.settle();
    expect(events.isWritable).toBe(true);
  });

  it('goes on after a journal that cannot be read', async () => {
    const { events, journal, written, state } = await recorder();
    state.failure = away();
    await events.record(hubEnd(1));
    state.failure = null;
    const read = journal.read.bind(journal);
    journal.read = () => Promise.reject(new Error('EIO'));
    await events.replay();
    journal.read = read;
    await events.replay();
    await events.record(hubEnd(2));
    expect(written).toEqual([hubEnd(1), hubEnd(2)]);
  });

  it('does not wait for ever for one that the database refuses', async () => {
    const { events, written, state } = await recorder();
    state.failure = new AppError({ code: 'db/invalid' });
    await events.record(hubEnd(1));
    state.failure = null;
    await events.record(hubEnd(2));
    expect(written).toEqual([hubEnd(2)]);
  });
});
