import { type Duplex, duplexPair } from 'node:stream';
import { RfbViewer } from './rfb-viewer.ts';
import { type ShellHost, ShellSession } from './shell-session.ts';
import { TextScreen } from './text-screen.ts';

/** rfb.md §6.2: vncterm serves at most eight clients. */
const MAX_VIEWERS = 8;
const MAX_TRANSCRIPT = 256 * 1024;
const LEFT_BUTTON = 1;
const MIDDLE_BUTTON = 2;

const KEYS: Readonly<Record<number, string>> = {
  65293: '\r',
  65421: '\r',
  65288: '\b',
  65289: '\t',
  65307: '\x1b\x1b',
  65535: '\b',
};
const KEY_UP = 0xff52;
const KEY_DOWN = 0xff54;
const CONTROL_KEYS = new Set([0xffe3, 0xffe4]);

/** What the machine around a built-in guest can be told by it. */
export interface GuestMachine {
  reboot(): void;
  powerOff(): void;
}

/**
 * A small machine of our own: one text screen shared by all its RFB clients, and one serial terminal shared by
 * all its raw clients, each with a shell behind it. It lives for one boot; a restart makes a new one.
 */
export class BuiltinGuest {
  readonly inputs = { keys: 0, pointers: 0, cutTexts: 0 };
  typedBytes = 0;
  readonly screen = new TextScreen();
  private readonly viewers = new Map<Duplex, RfbViewer>();
  private readonly terminals = new Set<Duplex>();
  private readonly screenShell: ShellSession;
  private readonly serialShell: ShellSession;
  private output = '';
  private frozen = false;
  private control = false;
  private buttons = 0;
  private clipboard = '';

  constructor(
    readonly name: string,
    machine: GuestMachine,
  ) {
    const host: ShellHost = {
      hostname:
        name
          .toLowerCase()
          .replace(/[^a-z0-9-]+/g, '-')
          .slice(0, 24) || 'guest',
      bootedAt: Date.now(),
      now: Date.now,
      reboot: machine.reboot,
      powerOff: machine.powerOff,
    };
    this.screenShell = new ShellSession(
      { ...host, resize: (columns, rows) => this.screen.resize(columns, rows) },
      (text) => this.screen.write(text),
    );
    this.serialShell = new ShellSession(host, (text) => this.printSerial(text));
    this.screenShell.start('tty1');
    this.serialShell.start('ttyS0');
  }

  /** Everything that the serial terminal printed, the last 256 KiB of it. */
  get transcript(): string {
    return this.output;
  }

  /** A new RFB client; the stream is the client's end of the line. */
  openScreen(): Duplex {
    const [client, stream] = pair();
    if (this.viewers.size >= MAX_VIEWERS) {
      stream.end();
      return client;
    }
    const viewer = new RfbViewer({
      stream,
      screen: this.screen,
      name: this.name,
      isFrozen: () => this.frozen,
      input: {
        key: (keysym, down) => this.key(keysym, down),
        pointer: (x, y, buttons) => this.pointer(x, y, buttons),
        cutText: (text) => {
          this.inputs.cutTexts++;
          this.clipboard = text;
        },
      },
    });
    this.viewers.set(stream, viewer);
    stream.once('close', () => this.viewers.delete(stream));
    viewer.serve().catch((error: unknown) => {
      stream.destroy(error instanceof Error ? error : new Error(String(error)));
    });
    return client;
  }

  /** A new raw client of the serial terminal. It is shown the line as it stands, no scroll-back. */
  openText(): Duplex {
    const [client, stream] = pair();
    this.terminals.add(stream);
    stream.once('close', () => this.terminals.delete(stream));
    stream.on('end', () => stream.end());
    stream.on('data', (bytes: Buffer) => {
      this.typedBytes += bytes.length;
      if (!this.frozen) this.serialShell.type(bytes.toString('latin1'));
    });
    stream.write(this.serialShell.currentLine());
    return client;
  }

  /** Paused or not: a paused machine takes no input and its picture stands still (xenapi.md §4.7). */
  freeze(frozen: boolean): void {
    this.frozen = frozen;
    if (!frozen) for (const viewer of this.viewers.values()) viewer.schedule();
  }

  /** The machine is gone: every client gets end of file. */
  stop(): void {
    for (const stream of [...this.viewers.keys(), ...this.terminals]) stream.end();
  }

  private printSerial(text: string): void {
    this.output = (this.output + text).slice(-MAX_TRANSCRIPT);
    for (const terminal of this.terminals) terminal.write(text, 'latin1');
  }

  private key(keysym: number, down: boolean): void {
    this.inputs.keys++;
    if (CONTROL_KEYS.has(keysym)) this.control = down;
    if (!down || this.frozen) return;
    if (keysym === KEY_UP) this.screenShell.previous(-1);
    else if (keysym === KEY_DOWN) this.screenShell.previous(1);
    else {
      const character = KEYS[keysym] ?? printable(keysym);
      if (character !== null) this.screenShell.type(this.control ? controlled(character) : character);
    }
  }

  private pointer(x: number, y: number, buttons: number): void {
    this.inputs.pointers++;
    if (this.frozen) return;
    this.screen.movePointer(Math.min(x, this.screen.width - 1), Math.min(y, this.screen.height - 1));
    const pressed = buttons & ~this.buttons;
    this.buttons = buttons;
    for (let button = 0; button < 3; button++) {
      if (pressed & (LEFT_BUTTON << button)) this.screen.markClick(x, y, button);
    }
    // rfb.md §6.2: cut text is typed into the terminal on a middle click.
    if (pressed & MIDDLE_BUTTON) this.screenShell.type(this.clipboard);
  }
}

function pair(): [Duplex, Duplex] {
  const [client, stream] = duplexPair();
  // Either end may vanish at any time; the pump around them treats that as the end of the tunnel. An orderly
  // end of ours goes through `end()`, so that bytes on their way still arrive.
  client.on('error', () => stream.destroy());
  stream.on('error', () => client.destroy());
  client.once('close', () => stream.destroy());
  return [client, stream];
}

function printable(keysym: number): string | null {
  return (keysym >= 0x20 && keysym <= 0x7e) || (keysym >= 0xa0 && keysym <= 0xff)
    ? String.fromCharCode(keysym)
    : null;
}

function controlled(character: string): string {
  const code = character.toLowerCase().charCodeAt(0);
  return code >= 0x61 && code <= 0x7a ? String.fromCharCode(code - 0x60) : character;
}
