// The people of the benchmark, in a process of their own.
import { performance } from 'node:perf_hooks';
import { encodeClientCutText } from '@porthole/rfb';
import { serveDuties } from '../process/child-process.ts';
import { Viewer, type Way } from './viewer.ts';

export type LoadDuties = typeof duties;

export interface Echo {
  readonly p50Us: number;
  readonly p99Us: number;
}

const PIECE_BYTES = 16 * 1024;
/** RFC 6143 §7.5.6. */
const CUT_TEXT_HEAD_BYTES = 8;
const WARM_ECHOES = 50;
/** An RFB pointer event (RFC 6143 §7.5.5): the host answers it with one pixel. */
const POINTER = Uint8Array.of(5, 0, 0, 1, 0, 1);
const LETTER = Uint8Array.of(0x61);

const viewers = new Map<string, Viewer>();

const duties = {
  /** Opens all, so many at a time. @returns the milliseconds it took */
  open: async ({ ways, atOnce }: { ways: readonly Way[]; atOnce: number }): Promise<number> => {
    const since = performance.now();
    const queue = [...ways];
    const open = async () => {
      for (let way = queue.shift(); way !== undefined; way = queue.shift()) {
        const viewer = new Viewer(way);
        viewers.set(way.id, viewer);
        await viewer.opened;
      }
    };
    await Promise.all(Array.from({ length: atOnce }, open));
    return performance.now() - since;
  },
  close: (ids: readonly string[]): void => {
    for (const id of ids) {
      viewerOf(id).close();
      viewers.delete(id);
    }
  },
  /** Counts from here. */
  mark: (ids: readonly string[]): void => {
    for (const id of ids) {
      viewerOf(id).received = 0;
      viewerOf(id).updates = 0;
    }
  },
  counts: (ids: readonly string[]): number[] => ids.map((id) => viewerOf(id).received),
  updates: (ids: readonly string[]): number[] => ids.map((id) => viewerOf(id).updates),
  /** @returns when each of them has so many bytes since `mark` */
  receive: async ({ ids, bytes }: { ids: readonly string[]; bytes: number }): Promise<void> => {
    await Promise.all(
      ids.map(viewerOf).map(
        (viewer) =>
          new Promise<void>((resolve) => {
            const look = () => {
              if (viewer.received < bytes) return;
              viewer.onBytes = null;
              resolve();
            };
            viewer.onBytes = look;
            look();
          }),
      ),
    );
  },
  /** Sends so many bytes, in messages of 16 KiB; to a screen as cut texts, the only long message that it takes. */
  send: async ({ id, screen, bytes }: { id: string; screen: boolean; bytes: number }): Promise<void> => {
    const viewer = viewerOf(id);
    const text = Buffer.alloc(screen ? PIECE_BYTES - CUT_TEXT_HEAD_BYTES : PIECE_BYTES, 'typed ');
    const piece = viewer.wire(screen ? encodeClientCutText(text) : text);
    for (let left = bytes; left > 0; left -= PIECE_BYTES) await viewer.sendWire(piece);
  },
  /** Says something, waits for the answer, and so on. */
  echo: async ({ id, screen, rounds }: { id: string; screen: boolean; rounds: number }): Promise<Echo> => {
    const viewer = viewerOf(id);
    const word = viewer.wire(screen ? POINTER : LETTER);
    const took: number[] = [];
    for (let round = 0; round < WARM_ECHOES + rounds; round += 1) {
      const since = performance.now();
      await new Promise<void>((resolve) => {
        viewer.onBytes = resolve;
        void viewer.sendWire(word);
      });
      if (round >= WARM_ECHOES) took.push((performance.now() - since) * 1_000);
    }
    viewer.onBytes = null;
    took.sort((a, b) => a - b);
    const at = (share: number) => took[Math.floor(took.length * share)] ?? Number.NaN;
    return { p50Us: at(0.5), p99Us: at(0.99) };
  },
  pause: (ids: readonly string[]): void => {
    for (const id of ids) viewerOf(id).pause();
  },
  resume: (ids: readonly string[]): void => {
    for (const id of ids) viewerOf(id).resume();
  },
  /** From here on they ask for updates as fast as these come. */
  watch: (ids: readonly string[]): void => {
    for (const id of ids) viewerOf(id).watch();
  },
};

serveDuties(duties);

function viewerOf(id: string): Viewer {
  const found = viewers.get(id);
  if (found === undefined) throw new Error(`there is no viewer ${id}`);
  return found;
}
