import net from 'node:net';

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** QEMU refused a command, or went away. */
export class QmpError extends Error {
  override name = 'QmpError';
}

/** A connection to QEMU's machine protocol: commands as JSON lines, answered in order. */
export class QmpClient {
  private readonly waiting: Waiting[] = [];
  private text = '';

  private constructor(private readonly socket: net.Socket) {
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => this.receive(chunk));
    socket.on('close', () => this.fail(new QmpError('QEMU closed its control connection')));
    socket.on('error', (error) => this.fail(new QmpError(error.message)));
  }

  /** @throws QmpError or the socket's error when nobody listens there */
  static async connect(path: string): Promise<QmpClient> {
    const socket = net.connect({ path });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    const client = new QmpClient(socket);
    await client.execute('qmp_capabilities');
    return client;
  }

  /** @throws QmpError with QEMU's own words */
  execute(command: string, args?: object): Promise<unknown> {
    if (this.socket.destroyed) return Promise.reject(new QmpError('QEMU is not running'));
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.socket.write(
        `${JSON.stringify(args ? { execute: command, arguments: args } : { execute: command })}\n`,
      );
    });
  }

  close(): void {
    this.socket.destroy();
  }

  private receive(chunk: string): void {
    this.text += chunk;
    for (;;) {
      const end = this.text.indexOf('\n');
      if (end < 0) return;
      const line: unknown = JSON.parse(this.text.slice(0, end));
      this.text = this.text.slice(end + 1);
      if (typeof line !== 'object' || line === null) continue;
      if ('return' in line) this.waiting.shift()?.resolve(line.return);
      else if ('error' in line) this.waiting.shift()?.reject(new QmpError(describe(line.error)));
      // Greeting and events carry neither; nobody waits for them.
    }
  }

  private fail(error: Error): void {
    for (const waiting of this.waiting.splice(0)) waiting.reject(error);
  }
}

function describe(error: unknown): string {
  const isNamed = typeof error === 'object' && error !== null && 'desc' in error;
  return isNamed && typeof error.desc === 'string' ? error.desc : 'QEMU refused the command';
}
