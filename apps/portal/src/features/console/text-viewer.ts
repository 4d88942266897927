import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { Terminal } from '@xterm/xterm';
import type { ConsoleChannel } from './console-channel.ts';
import { TERMINAL_THEME } from './terminal-theme.ts';

/** What a vt100 console assumes: nothing on this wire can tell the machine another size (rfb.md §6.3). */
export const GUEST_COLUMNS = 80;
export const GUEST_ROWS = 24;
const SCROLLBACK_LINES = 5_000;
const LARGEST_FONT_PX = 20;
const SMALLEST_FONT_PX = 8;
const FOLLOW_FONT_PX = 14;

/** Titles, colours, links, clipboard, notifications: a machine's words change nothing outside its screen. */
const SILENCED_OSC = [0, 1, 2, 4, 5, 7, 8, 9, 10, 11, 12, 13, 17, 19, 52, 104, 110, 111, 112, 633, 777, 1337];

export interface TextViewerOptions {
  typing: boolean;
  screenReader: boolean;
}

/** xterm.js on a channel of ours. Loaded on intent alone. */
export class TextViewer {
  readonly #terminal: Terminal;
  readonly #fit = new FitAddon();
  readonly #search = new SearchAddon();
  readonly #observer: ResizeObserver;
  #follow = false;
  #frame = 0;

  constructor(host: HTMLElement, options: TextViewerOptions) {
    this.#terminal = new Terminal({
      cols: GUEST_COLUMNS,
      rows: GUEST_ROWS,
      scrollback: SCROLLBACK_LINES,
      fontFamily: getComputedStyle(host).fontFamily,
      fontSize: FOLLOW_FONT_PX,
      theme: TERMINAL_THEME,
      minimumContrastRatio: 4.5,
      cursorBlink: !matchMedia('(prefers-reduced-motion: reduce)').matches,
      disableStdin: !options.typing,
      screenReaderMode: options.screenReader,
      // Marks between lines; a machine's words reach none of it.
      allowProposedApi: true,
      linkHandler: null,
    });
    this.#terminal.loadAddon(this.#fit);
    this.#terminal.loadAddon(this.#search);
    for (const id of SILENCED_OSC) this.#terminal.parser.registerOscHandler(id, () => true);
    this.#terminal.open(host);
    this.#observer = new ResizeObserver(() => this.#layout());
    this.#observer.observe(host);
    this.#layout();
  }

  /** Bytes both ways. @param awayWords mark where the text begins that was printed meanwhile @param onFirst something was printed */
  attach(channel: ConsoleChannel, awayWords: string, onFirst: () => void): () => void {
    const utf8 = new TextEncoder();
    channel.onmessage = ({ data }) => {
      this.#terminal.write(new Uint8Array(data));
      onFirst();
    };
    // Behind what was written before, which the terminal may still have to read.
    channel.onaway = () => this.#terminal.write('', () => this.#mark(awayWords));
    const typed = this.#terminal.onData((text) => channel.send(utf8.encode(text)));
    const raw = this.#terminal.onBinary((text) =>
      channel.send(Uint8Array.from(text, (letter) => letter.charCodeAt(0) & 0xff)),
    );
    return () => {
      channel.onmessage = null;
      channel.onaway = null;
      typed.dispose();
      raw.dispose();
    };
  }

  set typing(typing: boolean) {
    this.#terminal.options.disableStdin = !typing;
  }

  set screenReader(on: boolean) {
    this.#terminal.options.screenReaderMode = on;
  }

  /** Fills the window with as many columns and rows as fit, instead of 80 by 24. */
  set follow(follow: boolean) {
    this.#follow = follow;
    this.#layout();
  }

  get size(): { cols: number; rows: number } {
    return { cols: this.#terminal.cols, rows: this.#terminal.rows };
  }

  get selection(): string {
    return this.#terminal.getSelection();
  }

  focus(): void {
    this.#terminal.focus();
  }

  blur(): void {
    this.#terminal.blur();
  }

  /** Types a key of the Keys menu. */
  send(text: string): void {
    this.#terminal.input(text, true);
  }

  /** @returns whether there was a match */
  find(text: string, direction: 'next' | 'previous'): boolean {
    return direction === 'next' ? this.#search.findNext(text) : this.#search.findPrevious(text);
  }

  close(): void {
    cancelAnimationFrame(this.#frame);
    this.#observer.disconnect();
    this.#terminal.dispose();
  }

  /** A line between two lines of the machine's, which changes neither. */
  #mark(words: string): void {
    const marker = this.#terminal.registerMarker(0);
    const decoration = this.#terminal.registerDecoration({
      marker,
      width: this.#terminal.cols,
      layer: 'top',
    });
    decoration?.onRender((line) => {
      line.textContent = words;
      line.className =
        'pointer-events-none border-edge border-t border-dashed pe-2 text-end text-ink-2 text-xs';
    });
  }

  #layout(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => {
      if (this.#follow) {
        this.#terminal.options.fontSize = FOLLOW_FONT_PX;
        this.#fit.fit();
      } else this.#scaleToGuest();
    });
  }

  /** The largest letters with which 80 by 24 fit; the width alone counts where the window is very low. */
  #scaleToGuest(): void {
    for (let size = LARGEST_FONT_PX; size >= SMALLEST_FONT_PX; size--) {
      this.#terminal.options.fontSize = size;
      const space = this.#fit.proposeDimensions();
      if (space === undefined) return;
      if (space.cols >= GUEST_COLUMNS && (space.rows >= GUEST_ROWS || size === SMALLEST_FONT_PX)) break;
    }
    this.#terminal.resize(GUEST_COLUMNS, GUEST_ROWS);
  }
}
