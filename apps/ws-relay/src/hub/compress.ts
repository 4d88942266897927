import { promisify } from 'node:util';
import { constants, deflate } from 'node:zlib';

const deflated = promisify(deflate);

/**
 * One zlib stream of the bytes, made in the thread pool, at the level at which a text screen costs 4.5 ms (rfb.md §8).
 * Flushed rather than ended, as Tight has its streams go on.
 */
export function compress(bytes: Uint8Array): Promise<Uint8Array> {
  return deflated(bytes, { level: constants.Z_BEST_SPEED, finishFlush: constants.Z_SYNC_FLUSH });
}
