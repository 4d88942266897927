import { setTimeout as delay } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import type { HostEntry, PoolWorld } from '../model/pool-world.ts';
import type { ConsoleFault } from '../pool-options.ts';
import { bareAnswer, errorPage, forbidden, internalError, TUNNEL_HEAD, unauthorised } from './http-answer.ts';
import type { RequestHead } from './http-head.ts';

const GREETING = 'RFB 003.003\n';
const SECURITY_NONE = Buffer.of(0, 0, 0, 1);
const SLOW_BYTE_MS = 150;
const FLOOD_CHUNK = 64 * 1024;

type Fault = (socket: TLSSocket, head: RequestHead) => Promise<void> | void;

/** What each fault does with a console request. The faulty answers come whoever asks, with or without a session. */
const FAULTS: Readonly<Record<ConsoleFault, Fault>> = {
  'unauthorised-401': (socket, head) => void socket.end(unauthorised(head.version)),
  'forbidden-403': (socket, head) => void socket.end(forbidden(head.version)),
  'not-found-404': (socket) => void socket.end(bareAnswer('404 Not Found')),
  'timeout-408': (socket, head) => void socket.end(errorPage(head.version, '408 Request Timeout', '')),
  'head-431': (socket, head) =>
    void socket.end(errorPage(head.version, '431 Request Header Fields Too Large', '')),
  'internal-500': (socket, head) => void socket.end(internalError(head.version, 'Console.Failure')),
  'limit-503': (socket, head) =>
    void socket.end(errorPage(head.version, '503 Connection Limit Exceeded', 'root is connected.')),
  'websocket-503': (socket) => void socket.end(bareAnswer('503 Service Unavailable')),
  'redirect-302': (socket, head) =>
    void socket.end(errorPage(head.version, '302 Found', '', ['location: https://192.0.2.1/console'])),
  'status-1.0': (socket) => void socket.write(TUNNEL_HEAD.replace('HTTP/1.1', 'HTTP/1.0') + GREETING),
  'garbage-status': (socket) => void socket.write('SSH-2.0-OpenSSH_9.2\r\n\r\n'),
  'endless-head': async (socket) => {
    socket.write('HTTP/1.1 200 OK\r\n');
    while (!socket.destroyed && !socket.writableEnded) {
      const isTaken = socket.write(`x-filler: ${'a'.repeat(FLOOD_CHUNK)}\r\n`);
      await (isTaken ? delay(10) : drainedOrClosed(socket));
    }
  },
  'never-answer': () => undefined,
  'refuse-tcp': (socket) => void socket.destroy(),
  'eof-before-head': (socket) => void socket.end(),
  'eof-after-200': (socket) => void socket.end(TUNNEL_HEAD),
  'garbage-after-200': (socket) => void socket.write(`${TUNNEL_HEAD}<html><body>It works!</body></html>\r\n`),
  'silence-after-200': (socket) => void socket.write(TUNNEL_HEAD),
  'split-head': (socket) => trickle(socket, Buffer.from(TUNNEL_HEAD + GREETING), 2),
  'greeting-with-head': (socket) => afterHandshake(socket, TUNNEL_HEAD + GREETING, serverInit(64, 48, 'ok')),
  'slow-greeting': async (socket) => {
    socket.write(TUNNEL_HEAD);
    await trickle(socket, Buffer.from(GREETING), SLOW_BYTE_MS);
  },
  'security-failed': (socket) => {
    const reason = 'Too many connections';
    socket.write(TUNNEL_HEAD + GREETING);
    // rfb.md §1: in 3.3 failure is type 0, then the reason.
    socket.end(Buffer.concat([Buffer.alloc(4), u32(reason.length), Buffer.from(reason)]));
  },
  'hostile-size': (socket) =>
    afterHandshake(socket, TUNNEL_HEAD + GREETING, serverInit(0xffff, 0xffff, 'hostile')),
  'hostile-name': (socket) => {
    const init = serverInit(720, 400, '');
    // rfb.md §1: a hostile server may announce a name of 4 GiB.
    init.writeUInt32BE(0xffffffff, 20);
    return afterHandshake(socket, TUNNEL_HEAD + GREETING, init, true);
  },
  'hostile-message': (socket) =>
    afterHandshake(
      socket,
      TUNNEL_HEAD + GREETING,
      Buffer.concat([serverInit(720, 400, 'x'), Buffer.of(199, 1)]),
    ),
  'hostile-rectangle': (socket) =>
    afterHandshake(
      socket,
      TUNNEL_HEAD + GREETING,
      // An update of one rectangle far outside the screen, in an encoding of which nobody asked: ZRLE of 4 GiB.
      Buffer.concat([
        serverInit(720, 400, 'x'),
        Buffer.of(0, 0, 0, 1),
        Buffer.of(0xff, 0, 0xff, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 16),
        u32(0xffffffff),
      ]),
    ),
  'cut-mid-stream': async (socket) => {
    await afterHandshake(
      socket,
      TUNNEL_HEAD + GREETING,
      // Half of a raw rectangle's pixels, then end of file.
      Buffer.concat([
        serverInit(16, 16, 'x'),
        Buffer.of(0, 0, 0, 1, 0, 0, 0, 0, 0, 16, 0, 16, 0, 0, 0, 0),
        Buffer.alloc(512),
      ]),
    );
    socket.end();
  },
};

/** The fault that meets a request: of the host, or of the VM that the request names. */
export function faultOf(world: PoolWorld, host: HostEntry, head: RequestHead): ConsoleFault | null {
  if (host.fault) return host.fault;
  const uuid = head.query.get('uuid');
  const ref = head.query.get('ref');
  const row = uuid === undefined ? world.db.get('console', ref ?? '') : world.db.byUuid('console', uuid);
  const named = uuid === undefined ? ref : world.db.byUuid('VM', uuid)?.ref;
  const vmRef = row ? String(row.fields.VM) : (named ?? '');
  return world.vmByRef(vmRef)?.fault ?? null;
}

export async function runFault(fault: ConsoleFault, socket: TLSSocket, head: RequestHead): Promise<void> {
  // What the client says meanwhile is read and forgotten, so that its leaving is noticed.
  socket.on('data', () => undefined);
  socket.once('end', () => socket.destroy());
  socket.resume();
  await FAULTS[fault](socket, head);
}

async function trickle(socket: TLSSocket, bytes: Buffer, everyMs: number): Promise<void> {
  for (const byte of bytes) {
    if (socket.destroyed || socket.writableEnded) return;
    socket.write(Buffer.of(byte));
    await delay(everyMs);
  }
}

/** Greets, and sends the rest once the client has answered the version and, after the security type, ClientInit. */
async function afterHandshake(
  socket: TLSSocket,
  greeting: string,
  rest: Buffer,
  floods = false,
): Promise<void> {
  let received = 0;
  const progress = new Promise<void>((resolve) => {
    socket.on('data', (bytes: Buffer) => {
      const before = received;
      received += bytes.length;
      if (before < 12 && received >= 12) socket.write(SECURITY_NONE);
      if (received >= 13) resolve();
    });
    socket.once('close', () => resolve());
  });
  socket.write(greeting);
  await progress;
  if (socket.destroyed || socket.writableEnded) return;
  socket.write(rest);
  while (floods && !socket.destroyed && !socket.writableEnded) {
    const isTaken = socket.write(Buffer.alloc(FLOOD_CHUNK, 0x41));
    await (isTaken ? delay(10) : drainedOrClosed(socket));
  }
}

function serverInit(width: number, height: number, name: string): Buffer {
  const init = Buffer.alloc(24 + name.length);
  init.writeUInt16BE(width, 0);
  init.writeUInt16BE(height, 2);
  // 32 bits, depth 24, little endian, true colour, 255 each, shifts 16, 8, 0.
  Buffer.of(32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0).copy(init, 4);
  init.writeUInt32BE(name.length, 20);
  init.write(name, 24, 'latin1');
  return init;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function drainedOrClosed(socket: TLSSocket): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      socket.off('drain', done);
      socket.off('close', done);
      resolve();
    };
    socket.once('drain', done);
    socket.once('close', done);
  });
}
