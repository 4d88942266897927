import { once } from 'node:events';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import type { PoolWorld, VmEntry } from '../model/pool-world.ts';
import { guestOf } from '../model/vm-lifecycle.ts';

/**
 * Connects to what stands behind a console.
 * @throws when it cannot be reached; on a real host that comes after the 200 (xenapi.md §0.3)
 */
export async function openBackend(world: PoolWorld, vm: VmEntry, protocol: string): Promise<Duplex> {
  const backend = protocol === 'rfb' ? vm.spec.screen : vm.spec.text;
  if (backend?.kind === 'tcp') {
    const socket = net.connect({ host: backend.host, port: backend.port, noDelay: true });
    await once(socket, 'connect');
    return socket;
  }
  if (backend?.kind === 'unix') {
    if (!vm.serial) throw new Error('the machine is off');
    return vm.serial.open();
  }
  const guest = guestOf(world, vm);
  if (!guest) throw new Error('the machine is off');
  return protocol === 'rfb' ? guest.openScreen() : guest.openText();
}
