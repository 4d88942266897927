import { createServer, type Server, type Socket } from 'node:net';
import { ClientMessageParser } from '@porthole/rfb';

const WIDTH = 640;
const HEIGHT = 480;

/** An RFB 3.3 server that sends whole raw pictures once it is asked, as fast as it can, until it is told to settle. */
export class FloodScreen {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Bytes that the other side has taken, or the kernel for it; of the last connection that wrote. */
  written = 0;
  #floods: boolean;

  private constructor(floods: boolean) {
    this.#floods = floods;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  /** @param options.floods whether it begins at once, or waits for `flood` and shows its last picture until then */
  static async start({ floods = true }: { floods?: boolean } = {}): Promise<FloodScreen> {
    const screen = new FloodScreen(floods);
    await new Promise<void>((resolve) => screen.#server.listen(0, '127.0.0.1', resolve));
    return screen;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** What it shows once it has settled: 24 bits a pixel, red in the lowest byte. */
  get colours(): Uint32Array {
    return Uint32Array.from({ length: WIDTH * HEIGHT }, (_none, n) =>
      lastColour(n % WIDTH, Math.floor(n / WIDTH)),
    );
  }

  get size(): { readonly width: number; readonly height: number } {
    return { width: WIDTH, height: HEIGHT };
  }

  /** Floods no more: shows one last picture, and again to whoever asks for all of it. */
  settle(): void {
    this.#floods = false;
  }

  flood(): void {
    this.#floods = true;
    for (const socket of this.#sockets) this.#flood(socket);
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    const parser = new ClientMessageParser();
    let received = 0;
    socket.on('error', () => socket.destroy()).on('close', () => this.#sockets.delete(socket));
    socket.write('RFB 003.003\n');
    socket.on('data', (bytes) => {
      const before = received;
      received += bytes.length;
      if (before < 12 && received >= 12) socket.write(Buffer.of(0, 0, 0, 1));
      if (before < 13 && received >= 13) socket.write(serverInit());
      for (const message of parser.push(bytes.subarray(Math.max(0, 13 - before)))) {
        // SetPixelFormat says that the viewer is ready.
        if (message.type === 'set-pixel-format' && this.#floods) this.#flood(socket);
        else if (message.type === 'update-request' && !message.incremental && !this.#floods)
          socket.write(lastPicture());
      }
    });
  }

  #flood(socket: Socket): void {
    const pictures = [0x5a, 0xa5, 0x3c].map((shade) => rawPicture(() => shade * 0x010101));
    let next = 0;
    const write = () => {
      while (!socket.destroyed && this.#floods) {
        this.written = socket.bytesWritten;
        next = (next + 1) % pictures.length;
        if (!socket.write(pictures[next] ?? '')) break;
      }
      if (!this.#floods) socket.write(lastPicture());
      else socket.once('drain', write);
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

function rawPicture(colourAt: (x: number, y: number) => number): Buffer {
  const picture = Buffer.alloc(16 + WIDTH * HEIGHT * 4);
  picture.writeUInt16BE(1, 2);
  picture.writeUInt16BE(WIDTH, 8);
  picture.writeUInt16BE(HEIGHT, 10);
  for (let n = 0; n < WIDTH * HEIGHT; n += 1)
    picture.writeUInt32LE(colourAt(n % WIDTH, Math.floor(n / WIDTH)), 16 + 4 * n);
  return picture;
}

function lastPicture(): Buffer {
  return rawPicture(lastColour);
}

function lastColour(x: number, y: number): number {
  return (x & 0xff) | ((y & 0xff) << 8) | (((x ^ y) & 0xff) << 16);
}
