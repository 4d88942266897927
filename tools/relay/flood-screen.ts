import { createServer, type Server, type Socket } from 'node:net';

const WIDTH = 640;
const HEIGHT = 480;

/** An RFB 3.3 server that sends whole raw pictures for ever once it is asked, as fast as it can. */
export class FloodScreen {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Bytes that the other side has taken, or the kernel for it. */
  written = 0;

  private constructor() {
    this.#server = createServer((socket) => this.#serve(socket));
  }

  static async start(): Promise<FloodScreen> {
    const screen = new FloodScreen();
    await new Promise<void>((resolve) => screen.#server.listen(0, '127.0.0.1', resolve));
    return screen;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    let received = 0;
    socket.on('error', () => socket.destroy()).on('close', () => this.#sockets.delete(socket));
    socket.write('RFB 003.003\n');
    socket.on('data', (bytes) => {
      const before = received;
      received += bytes.length;
      if (before < 12 && received >= 12) socket.write(Buffer.of(0, 0, 0, 1));
      if (before < 13 && received >= 13) socket.write(serverInit());
      // Version, ClientInit, SetPixelFormat, and what follows it: the viewer is ready.
      if (before <= 33 && received > 33) this.#flood(socket);
    });
  }

  #flood(socket: Socket): void {
    const picture = rawPicture();
    const write = () => {
      while (!socket.destroyed) {
        this.written = socket.bytesWritten;
        if (!socket.write(picture)) break;
      }
      socket.once('drain', write);
    };
    write();
  }
}

function serverInit(): Buffer {
  const init = Buffer.alloc(24);
  init.writeUInt16BE(WIDTH, 0);
  init.writeUInt16BE(HEIGHT, 2);
  init.set([32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 0, 8, 16], 4);
  return init;
}

function rawPicture(): Buffer {
  const head = Buffer.alloc(16);
  head.writeUInt16BE(1, 2);
  head.writeUInt16BE(WIDTH, 8);
  head.writeUInt16BE(HEIGHT, 10);
  return Buffer.concat([head, Buffer.alloc(WIDTH * HEIGHT * 4, 0x5a)]);
}
