import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { rootDir } from '../stack/stack-paths.ts';

export const reportsDir = path.join(rootDir, 'reports');
/** Longer than any step may take on two cores: a runner that hangs must not hang the run. */
const LIMIT_MS = 15 * 60_000;
const SHOWN_LINES = 150;

/**
 * Runs Node with `args` from the root, keeps what it said in reports/, and shows it only where it failed.
 *
 * @returns whether it ended with 0.
 */
export async function runCommand(
  name: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<boolean> {
  mkdirSync(reportsDir, { recursive: true });
  const said: string[] = [];
  const code = await new Promise<number | null>((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: rootDir,
      env: { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false', NEXT_TELEMETRY_DISABLED: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LIMIT_MS,
    });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => said.push(String(chunk)));
    child.once('error', () => resolve(null));
    child.once('close', resolve);
  });
  const text = said.join('');
  writeFileSync(path.join(reportsDir, `${name}.log`), text);
  if (code !== 0) console.log(text.trimEnd().split('\n').slice(-SHOWN_LINES).join('\n'));
  return code === 0;
}
