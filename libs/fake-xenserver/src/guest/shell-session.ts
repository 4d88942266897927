/** What the shell knows of its machine and may ask of it. */
export interface ShellHost {
  readonly hostname: string;
  readonly bootedAt: number;
  now(): number;
  /** The guest restarts itself. */
  reboot(): void;
  /** The guest switches itself off. */
  powerOff(): void;
  /** Another size of the text screen, in characters; terminals without one ignore it. */
  resize?(columns: number, rows: number): void;
}

const MAX_LINE = 512;
const MAX_SEQUENCE = 200_000;
const GREEN = '\x1b[1;32m';
const BLUE = '\x1b[1;34m';
const RESET = '\x1b[0m';

const FILES: Readonly<Record<string, string>> = {
  'README.txt': 'A stand-in guest. Type help for what it can do.',
  motd: 'Welcome.',
};

const MODES: Readonly<Record<string, readonly [number, number]>> = {
  '80x25': [80, 25],
  '100x37': [100, 37],
  '128x48': [128, 48],
};

type Command = (session: ShellSession, words: string[], host: ShellHost) => string;

/**
 * A login-less shell with a line editor that echoes, as a guest's own terminal does. Its output is text with
 * ANSI colours; who shows it decides whether that is a picture or a stream of bytes.
 */
export class ShellSession {
  private line = '';
  private readonly history: string[] = [];
  private recall = 0;
  private escape: string | null = null;

  constructor(
    private readonly host: ShellHost,
    private readonly print: (text: string) => void,
  ) {}

  /** Prints the banner and the first prompt. */
  start(terminalName: string): void {
    this.print(`\r\nPorthole demo guest ${this.host.hostname} on ${terminalName}\r\n`);
    this.print('Type help for what this machine understands.\r\n\r\n');
    this.print(this.prompt());
  }

  /** The line as it stands: prompt and what was typed, for a terminal that joins late. */
  currentLine(): string {
    return `\r${this.prompt()}${this.line}`;
  }

  /** Takes typed characters; CR or LF ends a line, DEL or BS erases, ^C drops the line, ^L clears. */
  type(text: string): void {
    for (const character of text) this.typeOne(character);
  }

  previous(step: -1 | 1): void {
    const next = this.recall + step;
    if (next < 0 || next > this.history.length) return;
    this.recall = next;
    this.replaceLine(this.history[next] ?? '');
  }

  /** Every line entered so far, oldest first. */
  get entered(): readonly string[] {
    return this.history;
  }

  private typeOne(character: string): void {
    if (this.escape !== null) {
      this.escape += character;
      if (this.escape.length > 1 && /[@-~]/.test(character)) {
        if (this.escape === '[A') this.previous(-1);
        if (this.escape === '[B') this.previous(1);
        this.escape = null;
      }
    } else if (character === '\x1b') this.escape = '';
    else if (character === '\r' || character === '\n') this.enter();
    else if (character === '\x7f' || character === '\b') this.erase();
    else if (character === '\x03') {
      this.line = '';
      this.print(`^C\r\n${this.prompt()}`);
    } else if (character === '\x0c') this.print(`\x1b[2J\x1b[H${this.prompt()}${this.line}`);
    else if (character >= ' ' && this.line.length < MAX_LINE) {
      this.line += character;
      this.print(character);
    }
  }

  private enter(): void {
    const line = this.line.trim();
    this.line = '';
    this.print('\r\n');
    if (line !== '') {
      this.history.push(line);
      const words = line.split(/\s+/);
      const command = COMMANDS[words[0] ?? ''];
      this.print(command ? command(this, words, this.host) : `sh: ${words[0]}: not found\r\n`);
    }
    this.recall = this.history.length;
    this.print(this.prompt());
  }

  private erase(): void {
    if (this.line === '') return;
    this.line = this.line.slice(0, -1);
    this.print('\b \b');
  }

  private replaceLine(line: string): void {
    this.print('\b \b'.repeat(this.line.length));
    this.line = line;
    this.print(line);
  }

  private prompt(): string {
    return `${GREEN}${this.host.hostname}${RESET}:${BLUE}/${RESET} # `;
  }
}

const COMMANDS: Readonly<Record<string, Command>> = {
  help: () =>
    'help uname uptime date hostname whoami echo ls cat clear\r\nhistory seq mode reboot poweroff\r\n' +
    'mode changes the screen: 80x25, 100x37, 128x48\r\n',
  uname: (_session, words, host) =>
    words.includes('-a') ? `Porthole ${host.hostname} 1.0 built-in\r\n` : 'Porthole\r\n',
  uptime: (_session, _words, host) =>
    `up ${Math.floor((host.now() - host.bootedAt) / 1000)} seconds, 1 user\r\n`,
  date: (_session, _words, host) => `${new Date(host.now()).toUTCString()}\r\n`,
  hostname: (_session, _words, host) => `${host.hostname}\r\n`,
  whoami: () => 'root\r\n',
  echo: (_session, words) => `${words.slice(1).join(' ')}\r\n`,
  ls: () => `${Object.keys(FILES).join('  ')}\r\n`,
  cat: (_session, words) => `${FILES[words[1] ?? ''] ?? `cat: ${words[1] ?? ''}: no such file`}\r\n`,
  clear: () => '\x1b[2J\x1b[H',
  history: (session) => session.entered.map((line, at) => `${at + 1}  ${line}\r\n`).join(''),
  seq: (_session, words) => {
    const last = Math.min(Number(words[1] ?? '10') || 0, MAX_SEQUENCE);
    return Array.from({ length: last }, (_, at) => `${at + 1}\r\n`).join('');
  },
  mode: (_session, words, host) => {
    const mode = MODES[words[1] ?? ''];
    if (!mode) return `mode: one of ${Object.keys(MODES).join(' ')}\r\n`;
    if (!host.resize) return 'mode: this terminal has one size\r\n';
    host.resize(mode[0], mode[1]);
    return '';
  },
  reboot: (_session, _words, host) => {
    host.reboot();
    return 'Restarting...\r\n';
  },
  poweroff: (_session, _words, host) => {
    host.powerOff();
    return 'Power down.\r\n';
  },
};
