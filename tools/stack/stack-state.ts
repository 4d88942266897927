import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { isPortFree } from '../processes/free-port.ts';
import { PlainError } from '../processes/plain-error.ts';

/** Below the range that systems hand out for outgoing connections, so that a kept port is still free next time. */
const FIRST_POOL_PORT = 24_100;
const LAST_POOL_PORT = 28_000;

const stateSchema = z.strictObject({
  version: z.literal(1),
  poolPorts: z.array(z.number().int().positive()),
});
type StackState = z.infer<typeof stateSchema>;

/**
 * The ports of the stand-in hosts: chosen once and kept, since a pool is stored by its address.
 *
 * @throws PlainError when the file is damaged or a kept port is taken now.
 */
export async function keptPoolPorts(file: string, count: number): Promise<number[]> {
  const kept = read(file);
  if (kept !== null && kept.poolPorts.length === count) {
    for (const port of kept.poolPorts) {
      if (await isPortFree(port)) continue;
      throw new PlainError(
        `Port ${port}, where a stand-in host of the demo lives, is taken by another program.`,
        'Stop that program, or start afresh with: npm start -- --reset',
      );
    }
    return kept.poolPorts;
  }
  const ports: number[] = [];
  for (let port = FIRST_POOL_PORT; ports.length < count && port < LAST_POOL_PORT; port += 1)
    if (await isPortFree(port)) ports.push(port);
  const state: StackState = { version: 1, poolPorts: ports };
  writeFileSync(`${file}.draft`, JSON.stringify(state));
  renameSync(`${file}.draft`, file);
  return ports;
}

function read(file: string): StackState | null {
  if (!existsSync(file)) return null;
  try {
    return stateSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new PlainError(`${file} is damaged.`, 'Start afresh with: npm start -- --reset', { cause: error });
  }
}
