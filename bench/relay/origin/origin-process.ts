// The host of the benchmark, in a process of its own: TLS, CONNECT, 200, and then what it is told to say.
import { createServer, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import { serveDuties } from '../process/child-process.ts';
import { readStream, type StreamName } from '../streams/stream-file.ts';
import { type Answering, HostConsole } from './host-console.ts';

/** What a flood is made of: text that holds no control sequence, or a recorded screen. */
export type Source = 'text' | StreamName;

export interface Flood {
  readonly consoles: readonly string[];
  readonly source: Source;
  /** Length of a TLS record, in bytes. */
  readonly record: number;
  /** Each console's share; null until it is hushed. */
  readonly bytes: number | null;
}

export type OriginDuties = typeof duties;

const LOOK_EVERY_MS = 2;
const TEXT_BYTES = 1_048_576;
const recordings = { raw: readStream('raw'), hextile: readStream('hextile'), tight: readStream('tight') };
const sources: Record<Source, Buffer> = {
  text: Buffer.from(
    Array.from({ length: TEXT_BYTES }, (_, at) => (at % 81 === 80 ? 0x0a : 0x21 + ((at * 7) % 94))),
  ),
  raw: recordings.raw.bytes,
  hextile: recordings.hextile.bytes,
  tight: recordings.tight.bytes,
};
const consoles = new Map<string, HostConsole>();
let fresh: { how: Answering; updates: readonly Buffer[] } = { how: 'echo', updates: [] };

const duties = {
  /** @returns the port */
  listen: ({ cert, key, oldTls }: { cert: string; key: string; oldTls: boolean }): Promise<number> => {
    const secureContext = createSecureContext({ cert, key, ...(oldTls ? { maxVersion: 'TLSv1.2' } : {}) });
    const server = createServer({ noDelay: true }, (socket: Socket) => {
      serve(new TLSSocket(socket, { isServer: true, secureContext }));
    });
    return new Promise((resolve) => {
      server.listen(0, '127.0.0.1', 4_096, () => {
        const address = server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  },
  flood: async ({ consoles: refs, source, record, bytes }: Flood): Promise<void> => {
    await Promise.all(refs.map((ref) => consoleOf(ref).flood(sources[source], record, bytes)));
  },
  hush: (refs: readonly string[]): void => {
    for (const ref of refs) consoleOf(ref).hush();
  },
  answer: ({ consoles: refs, how }: { consoles: readonly string[]; how: Answering }): void => {
    for (const ref of refs) consoleOf(ref).answering = how;
  },
  /** What consoles do that open from here on: a screen of several seats asks before all of them are there. */
  answerNew: ({ how, source }: { how: Answering; source: StreamName }): void => {
    fresh = { how, updates: recordings[source].updates };
  },
  sent: (refs: readonly string[]): number => refs.reduce((sum, ref) => sum + consoleOf(ref).sent, 0),
  /** Counts what it receives from here. */
  mark: (ref: string): void => {
    consoleOf(ref).received = 0;
  },
  /** @returns when it has received so many bytes since `mark` */
  receive: ({ console: ref, bytes }: { console: string; bytes: number }): Promise<void> =>
    new Promise((resolve) => {
      const timer = setInterval(() => {
        if (consoleOf(ref).received < bytes) return;
        clearInterval(timer);
        resolve();
      }, LOOK_EVERY_MS);
    }),
};

serveDuties(duties);

function consoleOf(ref: string): HostConsole {
  const found = consoles.get(ref);
  if (found === undefined) throw new Error(`no console ${ref} is open`);
  return found;
}

function serve(socket: TLSSocket): void {
  let head = '';
  let console: HostConsole | null = null;
  let name = '';
  socket
    .on('error', () => socket.destroy())
    .on('close', () => {
      if (consoles.get(name) === console) consoles.delete(name);
    })
    .on('data', (chunk: Buffer) => {
      if (console !== null) {
        console.take(chunk);
        return;
      }
      head += chunk.toString('latin1');
      const end = head.indexOf('\r\n\r\n');
      if (end === -1) return;
      name = /ref=(\S+)/.exec(head)?.[1] ?? '';
      // The first word of a text console comes with the answer, as from a getty that was there before.
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      console = new HostConsole(socket, name.includes('screen'));
      if (!name.includes('screen')) socket.write('>');
      console.answering = fresh.how;
      console.updates = fresh.updates;
      consoles.set(name, console);
      const rest = Buffer.from(head.slice(end + 4), 'latin1');
      if (rest.length > 0) console.take(rest);
    });
}
