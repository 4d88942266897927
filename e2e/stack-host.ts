/**
 * Runs the whole product for the browser tests in a process of its own, with a control door on loopback: specs put
 * faults into the stand-in pools and read the truth at the guest through it.
 *
 * Its one argument names the folder under .porthole that it lives in: stacks that run side by side share none.
 *
 * Prints one JSON line when everything is up, and stops everything when its standard input closes.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { startOutside } from '../tools/outside/outside.ts';
import { freePort } from '../tools/processes/free-port.ts';
import { launchStack } from '../tools/stack/launch-stack.ts';
import { rootDir } from '../tools/stack/stack-paths.ts';
import { controlOperations } from './control-operations.ts';

const port = await freePort();
const outside = await startOutside(`http://localhost:${port}`);
const stack = await launchStack({
  fresh: true,
  port,
  elsewhere: outside.elsewhere,
  dataDir: path.join(rootDir, '.porthole', process.argv[2] ?? 'e2e'),
  quiet: true,
  qemu: process.env.CI === 'true' ? 'require' : 'if-found',
});
const operations = controlOperations(stack, outside);

const control = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', async () => {
    try {
      const { name, input } = JSON.parse(Buffer.concat(chunks).toString('utf8'));
      const operation = operations[name];
      if (operation === undefined) throw new Error(`no control operation ${name}`);
      response.end(JSON.stringify({ result: (await operation(input)) ?? null }));
    } catch (error) {
      response.end(JSON.stringify({ error: String(error) }));
    }
  });
});
control.listen(0, '127.0.0.1', () => {
  const { port } = control.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ origin: stack.origin, control: `http://127.0.0.1:${port}` })}\n`);
});

process.stdin.resume();
process.stdin.on('end', async () => {
  control.close();
  await stack.stop();
  outside.end();
  process.exit(0);
});
