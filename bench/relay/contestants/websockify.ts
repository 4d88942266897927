import { type Contestant, freePort, freshReference, type Host, startProgram } from './contestant.ts';

/** Debian's websockify before the same host. It knows no CONNECT, so the viewer says it; each console is a process. */
export async function startWebsockify(host: Host): Promise<Contestant> {
  const port = await freePort();
  // With TLS 1.3 it waits for the host as soon as that sends a session ticket, and never hears the viewer's CONNECT.
  const target = `127.0.0.1:${host.oldTlsPort}`;
  const program = await startProgram(['websockify', '--ssl-target', `127.0.0.1:${port}`, target], port);
  return {
    ...program,
    name: 'websockify',
    ways: async (count, kind) =>
      Array.from({ length: count }, () => {
        const console = freshReference('websockify', kind);
        const upgrade = { path: '/websockify', headers: ['Sec-WebSocket-Protocol: binary'] };
        return { id: console, console, port, upgrade, connects: true, screen: kind === 'screen' };
      }),
  };
}
