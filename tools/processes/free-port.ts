import { createServer } from 'node:net';

/** Ports that this process means to use: whoever they are for may listen only later. */
const kept = new Set<number>();

/** Keeps a port that was chosen elsewhere from being given out here. */
export function keepPort(port: number): void {
  kept.add(port);
}

/** A port of 127.0.0.1 that nobody listens on right now, given out once by this process. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = await someFreePort();
    if (kept.has(port)) continue;
    keepPort(port);
    return port;
  }
}

async function someFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  if (address === null || typeof address === 'string') throw new Error('no port could be found');
  return address.port;
}

/** Whether this process could listen on the port, on every address. */
export async function isPortFree(port: number): Promise<boolean> {
  const hosts = ['127.0.0.1', '::1', undefined];
  for (const host of hosts) if (!(await canListen(port, host))) return false;
  return true;
}

async function canListen(port: number, host: string | undefined): Promise<boolean> {
  const server = createServer();
  return await new Promise<boolean>((resolve) => {
    // A machine without IPv6 answers EADDRNOTAVAIL for ::1: nothing is taken there.
    server.once('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code !== 'EADDRINUSE' && error.code !== 'EACCES'),
    );
    server.listen({ port, ...(host === undefined ? {} : { host }) }, () => server.close(() => resolve(true)));
  });
}
