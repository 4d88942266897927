import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Contestant, freePort, freshReference, type Host, startProgram } from './contestant.ts';

/** What any relay must do at the least: TCP in, TLS out, by haproxy, on one thread and with a handshake for each console. */
export async function startFloor(host: Host): Promise<Contestant> {
  const port = await freePort();
  const ca = path.join(host.folder, 'floor-host.pem');
  const file = path.join(host.folder, 'floor.cfg');
  writeFileSync(ca, host.cert);
  writeFileSync(
    file,
    [
      'global',
      '  maxconn 9000',
      '  nbthread 1',
      'defaults',
      '  mode tcp',
      '  timeout connect 10s',
      '  timeout client 1h',
      '  timeout server 1h',
      'listen floor',
      `  bind 127.0.0.1:${port}`,
      `  server host 127.0.0.1:${host.port} ssl verify required ca-file ${ca} no-ssl-reuse`,
      '',
    ].join('\n'),
  );
  const program = await startProgram(['haproxy', '-db', '-f', file], port);
  return {
    ...program,
    name: 'floor',
    ways: async (count, kind) =>
      Array.from({ length: count }, () => {
        const console = freshReference('floor', kind);
        return { id: console, console, port, upgrade: null, connects: true, screen: kind === 'screen' };
      }),
  };
}
