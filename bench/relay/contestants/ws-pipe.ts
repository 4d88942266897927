import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Contestant, freePort, freshReference, type Host, startProgram } from './contestant.ts';

/** What a careful author writes with `ws` in an afternoon: ws-pipe-process.ts. */
export async function startWsPipe(host: Host): Promise<Contestant> {
  const port = await freePort();
  const ca = path.join(host.folder, 'ws-pipe-host.pem');
  writeFileSync(ca, host.cert);
  const file = path.join(import.meta.dirname, 'ws-pipe-process.ts');
  const args = [String(port), String(host.port), ca];
  const program = await startProgram([process.execPath, '--import', 'tsx', file, ...args], port);
  return {
    ...program,
    name: 'ws-pipe',
    ways: async (count, kind) =>
      Array.from({ length: count }, () => {
        const console = freshReference('ws-pipe', kind);
        const upgrade = { path: `/?ref=${console}`, headers: [] };
        return { id: console, console, port, upgrade, connects: false, screen: kind === 'screen' };
      }),
  };
}
