// The one origin of `npm start`, in a process of its own:
//   edge.ts --port 4000 --portal 127.0.0.1:4001 --relay relay-1=127.0.0.1:4002 [--relay …]
import { parseArgs } from 'node:util';
import { startEdge, type Upstream } from './edge/edge-server.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string' },
    portal: { type: 'string' },
    relay: { type: 'string', multiple: true },
    dev: { type: 'boolean' },
  },
});
const relays = new Map<string, Upstream>();
for (const relay of values.relay ?? []) {
  const [id = '', address = ''] = relay.split('=');
  relays.set(id, upstream(address));
}
const edge = await startEdge({
  port: Number(values.port),
  portal: upstream(values.portal ?? ''),
  relays,
  dev: values.dev === true,
});
console.log(`listening at ${edge.origin}`);
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => void edge.close().then(() => process.exit(0)));

function upstream(address: string): Upstream {
  const [host = '', port = ''] = address.split(':');
  if (host === '' || !(Number(port) > 0)) throw new Error(`not an address: ${address}`);
  return { host, port: Number(port) };
}
