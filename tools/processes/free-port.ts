import { createServer } from 'node:net';

/** A port of 127.0.0.1 that nobody listens on right now. */
export async function freePort(): Promise<number> {
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
