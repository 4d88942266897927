import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { PowerHooks } from '../pool-options.ts';
import { buildInitrd } from './build-initrd.ts';
import { defaultKernel, findQemu, missingForQemu, type QemuParts } from './find-qemu.ts';
import { QmpClient } from './qmp-client.ts';

const ADDRESS = '127.0.0.1';
const VNC_BASE_PORT = 5900;
/** stack.md §9: 80 MiB boots too, 64 does not. */
const DEFAULT_MEMORY_MIB = 96;
/** stack.md §9: 2 s on an idle machine, 4 to 8 s with a core busy; a loaded one takes far longer. */
const BOOT_TIMEOUT_MS = 90_000;
const CONNECT_TIMEOUT_MS = 15_000;
const STOP_TIMEOUT_MS = 3_000;
const POLL_MS = 50;
/** The kernel allows 107 bytes for the path of a socket, its name included. */
const LONGEST_SOCKET_DIR = 90;
const PROMPT = '/ # ';

export interface QemuGuestOptions {
  /** For the initrd and the pid; made if missing. One guest a folder. */
  workDir: string;
  /** Default the checkout's own kernel. */
  kernel?: string;
  busybox?: string;
  hostname?: string;
  memoryMiB?: number;
}

export interface QemuGuest {
  vncPort: number;
  vncHost: string;
  serialPath: string;
  /** Writes what is on the screen as PNG. */
  screendump(pngPath: string): Promise<void>;
  /** A command of QEMU's machine protocol, such as query-status. */
  qmp(command: string, args?: object): Promise<unknown>;
  stop(): Promise<void>;
  /** Of the running process; -1 while the machine is off. */
  readonly pid: number;
  /**
   * For `FakeVmSpec.power`: the pool's power operations on this machine. As on a real host they are done when the
   * machine runs, not when its system is up.
   */
  power: PowerHooks;
}

/** QEMU could not be started, or its guest did not come up. */
export class QemuFailure extends Error {
  override name = 'QemuFailure';
}

/**
 * Starts a real Linux guest with a shell on its screen and another on its serial port. Resolves when both show
 * their prompt: input sent before is lost (stack.md §9).
 * @throws QemuFailure naming what is missing or what QEMU said
 */
export async function startQemuGuest(options: QemuGuestOptions): Promise<QemuGuest> {
  const kernel = options.kernel ?? defaultKernel();
  const parts = findQemu({ kernel });
  if (!parts) throw new QemuFailure(`missing: ${missingForQemu({ kernel }).join(', ')}`);
  const machine = new Machine(options, { ...parts, busybox: options.busybox ?? parts.busybox });
  await machine.start();
  try {
    await machine.waitForPrompt();
  } catch (error) {
    await machine.dispose();
    throw error;
  }
  return {
    vncHost: ADDRESS,
    vncPort: machine.vncPort,
    serialPath: machine.serialPath,
    get pid() {
      return machine.pid;
    },
    screendump: async (pngPath) => {
      await machine.qmp('screendump', { filename: path.resolve(pngPath), format: 'png' });
    },
    qmp: (command, args) => machine.qmp(command, args),
    stop: () => machine.dispose(),
    power: {
      start: () => machine.start(),
      shutdown: () => machine.quit(),
      reboot: async () => void (await machine.qmp('system_reset')),
      pause: async () => void (await machine.qmp('stop')),
      unpause: async () => void (await machine.qmp('cont')),
      watch: (ended) => machine.watch(ended),
    },
  };
}

/** One machine through any number of starts: its VNC port and its sockets stay the same. */
class Machine {
  vncPort = 0;
  readonly serialPath: string;
  private readonly initrd: string;
  private readonly qmpPath: string;
  private readonly pidFile: string;
  private readonly socketDir: string;
  private child: ChildProcess | null = null;
  private control: QmpClient | null = null;
  private words = '';
  private readonly watchers: (() => void)[] = [];
  private readonly killAtExit = () => this.child?.kill('SIGKILL');

  constructor(
    private readonly options: QemuGuestOptions,
    private readonly parts: QemuParts,
  ) {
    mkdirSync(options.workDir, { recursive: true });
    const workDir = path.resolve(options.workDir);
    this.socketDir =
      workDir.length <= LONGEST_SOCKET_DIR ? workDir : mkdtempSync(path.join(tmpdir(), 'porthole-vm-'));
    this.serialPath = path.join(this.socketDir, 'serial.sock');
    this.qmpPath = path.join(this.socketDir, 'qmp.sock');
    this.pidFile = path.join(workDir, 'qemu.pid');
    this.initrd = buildInitrd(workDir, parts, options.hostname ?? 'guest');
    process.once('exit', this.killAtExit);
  }

  get pid(): number {
    return this.child?.pid ?? -1;
  }

  async start(): Promise<void> {
    if (this.child) return;
    endLeftover(this.pidFile);
    if (this.vncPort === 0) this.vncPort = await freePort();
    for (const socket of [this.serialPath, this.qmpPath]) rmSync(socket, { force: true });
    const child = spawn(this.parts.qemu, this.commandLine(), { stdio: ['ignore', 'ignore', 'pipe'] });
    this.child = child;
    this.words = '';
    child.stderr.on('data', (chunk: Buffer) => {
      this.words = (this.words + chunk.toString('utf8')).slice(-2000);
    });
    const forget = () => {
      if (this.child !== child) return;
      this.child = null;
      // With its control connection given up the end was asked for; otherwise the guest switched itself off.
      const isUnasked = this.control !== null;
      this.control?.close();
      this.control = null;
      if (isUnasked) for (const ended of this.watchers) ended();
    };
    child.once('error', forget);
    child.once('exit', forget);
    if (child.pid !== undefined) writeFileSync(this.pidFile, String(child.pid));
    try {
      this.control = await this.untilConnected(() => QmpClient.connect(this.qmpPath));
    } catch (error) {
      await this.quit();
      throw error;
    }
  }

  /** Calls back whenever the machine ends without having been told to. */
  watch(ended: () => void): void {
    this.watchers.push(ended);
  }

  qmp(command: string, args?: object): Promise<unknown> {
    if (!this.control) return Promise.reject(new QemuFailure('the machine is off'));
    return this.control.execute(command, args);
  }

  /** Reads the serial port until the shell's prompt stands there. */
  async waitForPrompt(): Promise<void> {
    const socket = await this.untilConnected(() => connect(this.serialPath));
    try {
      await new Promise<void>((resolve, reject) => {
        let seen = '';
        const fail = (message: string) => reject(new QemuFailure(`${message} ${this.words}`.trim()));
        const timer = setTimeout(() => fail('the guest did not show its prompt in time'), BOOT_TIMEOUT_MS);
        socket.on('data', (chunk: Buffer) => {
          seen = (seen + chunk.toString('latin1')).slice(-1000);
          if (!seen.includes(PROMPT)) return;
          clearTimeout(timer);
          resolve();
        });
        socket.once('close', () => {
          clearTimeout(timer);
          fail('QEMU ended while its guest was starting.');
        });
      });
    } finally {
      socket.destroy();
    }
  }

  async quit(): Promise<void> {
    const { child, control } = this;
    this.control = null;
    if (child && child.exitCode === null && child.signalCode === null) {
      const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      // QEMU closes the connection instead of answering; either way the process is what counts.
      control?.execute('quit').then(
        () => control.close(),
        () => control.close(),
      );
      if (!control) child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await ended;
      clearTimeout(timer);
    }
    control?.close();
    this.child = null;
    rmSync(this.pidFile, { force: true });
  }

  async dispose(): Promise<void> {
    await this.quit();
    process.off('exit', this.killAtExit);
    for (const socket of [this.serialPath, this.qmpPath]) rmSync(socket, { force: true });
    if (this.socketDir !== path.resolve(this.options.workDir)) rmSync(this.socketDir, { recursive: true });
  }

  private commandLine(): string[] {
    const { memoryMiB = DEFAULT_MEMORY_MIB } = this.options;
    return [
      ...['-accel', 'tcg', '-m', String(memoryMiB), '-display', 'none', '-monitor', 'none', '-net', 'none'],
      ...['-vnc', `${ADDRESS}:${this.vncPort - VNC_BASE_PORT}`],
      ...['-serial', `unix:${this.serialPath},server=on,wait=off`],
      ...['-qmp', `unix:${this.qmpPath},server=on,wait=off`],
      ...['-kernel', this.parts.kernel, '-initrd', this.initrd],
      ...['-append', 'console=ttyS0 console=tty0 quiet nokaslr'],
    ];
  }

  private async untilConnected<T>(attempt: () => Promise<T>): Promise<T> {
    const deadline = Date.now() + CONNECT_TIMEOUT_MS;
    for (;;) {
      try {
        return await attempt();
      } catch (error) {
        if (!this.child || Date.now() > deadline) {
          throw new QemuFailure(`QEMU did not start. ${this.words}`.trim(), { cause: error });
        }
        await delay(POLL_MS);
      }
    }
  }
}

function connect(socketPath: string): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ path: socketPath });
    socket.once('connect', () => resolve(socket));
    socket.once('error', reject);
  });
}

async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, ADDRESS, resolve));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  if (typeof address !== 'object' || address === null) throw new QemuFailure('no free port');
  return address.port;
}

/** A process of an earlier run that was killed before it could end its guest: known by its pid and its initrd. */
function endLeftover(pidFile: string): void {
  let pid: number;
  let commandLine: string;
  try {
    pid = Number(readFileSync(pidFile, 'utf8'));
    commandLine = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    // No pid file, or no such process: nothing was left behind.
    return;
  }
  if (commandLine.includes(path.join(path.dirname(pidFile), 'initrd.gz'))) process.kill(pid, 'SIGKILL');
}
