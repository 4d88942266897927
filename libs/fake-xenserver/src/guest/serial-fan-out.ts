import net from 'node:net';
import { type Duplex, duplexPair } from 'node:stream';

const MAX_TRANSCRIPT = 256 * 1024;

/**
 * One connection to a machine's serial port, shared by any number of tunnels: a socket chardev serves a single
 * client at a time. Bytes from the machine go to every tunnel, without any scroll-back; input is merged.
 */
export class SerialFanOut {
  private upstream: net.Socket | null = null;
  private connecting: Promise<net.Socket> | null = null;
  private readonly clients = new Set<Duplex>();
  private output = '';
  typedBytes = 0;

  constructor(private readonly path: string) {}

  /** What the machine printed while connected, the last 256 KiB of it. */
  get transcript(): string {
    return this.output;
  }

  /** A new end of the line. @throws when the machine's socket cannot be reached */
  async open(): Promise<Duplex> {
    const upstream = await this.connect();
    const [client, stream] = duplexPair();
    this.clients.add(stream);
    const gone = () => {
      this.clients.delete(stream);
      this.resumeIfDrained();
    };
    stream.on('drain', () => this.resumeIfDrained());
    stream.on('error', () => client.destroy());
    stream.once('close', gone);
    stream.on('end', () => stream.end());
    stream.on('data', (bytes: Buffer) => {
      this.typedBytes += bytes.length;
      if (!upstream.write(bytes)) {
        stream.pause();
        upstream.once('drain', () => stream.resume());
      }
    });
    client.on('error', () => stream.destroy());
    client.once('close', () => stream.destroy());
    return client;
  }

  /** Lets go of the machine; every tunnel ends. The next `open` connects anew. */
  stop(): void {
    this.upstream?.destroy();
    this.upstream = null;
    this.connecting = null;
    for (const client of this.clients) client.end();
    this.clients.clear();
  }

  private connect(): Promise<net.Socket> {
    this.connecting ??= new Promise((resolve, reject) => {
      const socket = net.connect({ path: this.path });
      const forget = () => {
        if (this.upstream === socket || this.upstream === null) this.stop();
      };
      socket.once('connect', () => {
        this.upstream = socket;
        resolve(socket);
      });
      socket.once('error', (error) => {
        this.connecting = null;
        reject(error);
      });
      socket.once('close', forget);
      socket.on('data', (bytes: Buffer) => this.deliver(bytes, socket));
    });
    return this.connecting;
  }

  private deliver(bytes: Buffer, socket: net.Socket): void {
    this.output = (this.output + bytes.toString('latin1')).slice(-MAX_TRANSCRIPT);
    let isFull = false;
    for (const client of this.clients) if (!client.write(bytes)) isFull = true;
    // Nothing is dropped for a slow tunnel: the machine's port waits, as a byte pump does.
    if (isFull) socket.pause();
  }

  private resumeIfDrained(): void {
    if ([...this.clients].every((client) => !client.writableNeedDrain)) this.upstream?.resume();
  }
}
