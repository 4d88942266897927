import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { PoolWorld, Tunnel } from '../model/pool-world.ts';
import type { ConsoleDecision } from './console-request.ts';
import { TUNNEL_HEAD } from './http-answer.ts';
import { openBackend } from './open-backend.ts';

/** How long a finished tunnel waits for its last bytes to leave, in milliseconds. */
const LINGER_MS = 500;

type Granted = Extract<ConsoleDecision, { kind: 'granted' }>;

/**
 * Answers 200, then connects to the console, then pumps bytes both ways until either end closes
 * (xenapi.md §4.2.7). A console that cannot be reached is 200 and then end of file (§0.3).
 */
export async function runTunnel(world: PoolWorld, hostIndex: number, granted: Granted, socket: TLSSocket) {
  let backend: Duplex | null = null;
  const tunnel: Tunnel = {
    vmRef: granted.vm.ref,
    hostIndex,
    userName: granted.userName,
    end: () => finish(),
  };
  const finish = () => {
    // §4.4: the slot is free as soon as either end of the pump closes.
    if (!world.tunnels.delete(tunnel)) return;
    backend?.unpipe(socket);
    backend?.destroy();
    socket.end();
    setTimeout(() => socket.destroy(), LINGER_MS).unref();
  };
  world.tunnels.add(tunnel);
  world.stats.tunnelsOpened++;
  socket.once('end', finish);
  socket.once('close', finish);
  socket.write(TUNNEL_HEAD);
  try {
    backend = await openBackend(granted.vm, granted.protocol);
  } catch {
    // §4.3: VNC server not reachable is 200, then close; there is nobody else to tell.
    finish();
    return;
  }
  if (!world.tunnels.has(tunnel)) {
    backend.destroy();
    return;
  }
  backend.on('error', finish);
  backend.once('end', finish);
  backend.once('close', finish);
  backend.pipe(socket, { end: false });
  socket.pipe(backend, { end: false });
}
