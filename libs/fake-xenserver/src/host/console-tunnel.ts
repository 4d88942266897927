import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { PoolWorld, Tunnel } from '../model/pool-world.ts';
import type { ConsoleDecision } from './console-request.ts';
import { TUNNEL_HEAD } from './http-answer.ts';
import { IdleWatch } from './idle-watch.ts';
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
    protocol: granted.protocol,
    hostIndex,
    userName: granted.userName,
    end: () => finish(),
  };
  let idleTimer: NodeJS.Timeout | null = null;
  const finish = () => {
    if (idleTimer) clearTimeout(idleTimer);
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
    backend = await openBackend(world, granted.vm, granted.protocol);
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
  watchIdleness(idleSeconds(world, hostIndex, granted));

  /** xenapi.md §4.5: on expiry both sockets are shut down without any message. */
  function watchIdleness(seconds: number): void {
    if (seconds === 0) return;
    const watch = new IdleWatch(Date.now);
    socket.on('data', (bytes: Buffer) => watch.feed(bytes));
    const check = () => {
      const leftMs = watch.lastActive + seconds * 1000 - Date.now();
      if (watch.hasGivenUp) return;
      if (leftMs <= 0) finish();
      else idleTimer = setTimeout(check, leftMs);
    };
    check();
  }
}

/** xenapi.md §4.5: guests have the pool's value, control domains their host's; read once; 0 = never. */
function idleSeconds(world: PoolWorld, hostIndex: number, granted: Granted): number {
  const value = granted.isHostConsole
    ? world.db.field('host', world.host(hostIndex).ref, 'console_idle_timeout')
    : world.db.field('pool', world.poolRef, 'vm_console_idle_timeout');
  return typeof value === 'number' ? value : 0;
}
