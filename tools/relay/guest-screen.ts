import { createServer, type Server, type Socket } from 'node:net';
import { BuiltinGuest } from '../../libs/fake-xenserver/src/guest/builtin-guest.ts';
import { PALETTE } from '../../libs/fake-xenserver/src/guest/text-screen.ts';

/**
 * The stand-in's own guest behind a port of ours, so that a test can look at the guest's screen itself and not at what
 * came through any wire. It speaks as vncterm does: RFB 3.3, Raw and Hextile (rfb.md §6.2).
 */
export class GuestScreen {
  readonly guest = new BuiltinGuest('web', { reboot: () => undefined, powerOff: () => undefined });
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #delayMs: number;

  private constructor(delayMs: number) {
    this.#delayMs = delayMs;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  /** @param options.delayMs how long the guest's words take to the host, as over a real line */
  static async start({ delayMs = 0 }: { delayMs?: number } = {}): Promise<GuestScreen> {
    const screen = new GuestScreen(delayMs);
    await new Promise<void>((resolve) => screen.#server.listen(0, '127.0.0.1', resolve));
    return screen;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  get size(): { readonly width: number; readonly height: number } {
    return { width: this.guest.screen.width, height: this.guest.screen.height };
  }

  /** The guest's screendump: 24 bits a pixel, red in the lowest byte. */
  colours(): Uint32Array {
    const { pixels } = this.guest.screen;
    return Uint32Array.from(pixels, (index) => {
      const colour = PALETTE[index] ?? 0;
      return ((colour >> 16) & 0xff) | (colour & 0xff00) | ((colour & 0xff) << 16);
    });
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.guest.stop();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    const line = this.guest.openScreen();
    socket
      .on('error', () => socket.destroy())
      .on('close', () => {
        this.#sockets.delete(socket);
        line.destroy();
      });
    line.on('close', () => socket.destroy());
    socket.pipe(line);
    if (this.#delayMs === 0) line.pipe(socket);
    else
      line.on('data', (bytes) => {
        setTimeout(() => {
          if (!socket.destroyed) socket.write(bytes);
        }, this.#delayMs);
      });
  }
}
