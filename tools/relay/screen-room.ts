import type { Right } from '@porthole/rbac';
import { compress } from '../../apps/ws-relay/src/hub/compress.ts';
import { MemoryBudget } from '../../apps/ws-relay/src/hub/memory-budget.ts';
import { RecordingSeat } from '../../apps/ws-relay/src/hub/recording-seat.ts';
import { ScreenHost } from '../../apps/ws-relay/src/hub/screen-host.ts';
import { ScreenLine } from '../../apps/ws-relay/src/hub/screen-line.ts';
import { ManualClock } from '../../apps/ws-relay/src/manual-clock.ts';
import { CanvasViewer, NOVNC_ENCODINGS } from './canvas-viewer.ts';

const TWO_MIB = 2 * 1024 * 1024;

/** One person at a shared screen: a real seat, and noVNC's decoders behind it. */
export interface Guest {
  readonly recording: RecordingSeat;
  readonly viewer: CanvasViewer;
}

/** A screen with real seats on one side and a host on the other, which may end and be followed by another. */
export class Room {
  readonly guests: Guest[] = [];
  readonly budget = new MemoryBudget(TWO_MIB);
  readonly heard: string[] = [];
  readonly clock = new ManualClock();
  host: ScreenHost;
  readonly line: ScreenLine;
  sentTo = 0;
  compressing = 0;

  constructor(width = 40, height = 30) {
    this.line = new ScreenLine(
      {
        ready: () => undefined,
        picture: () => this.heard.push('picture'),
        seatFault: (seat, error) => this.heard.push(`fault ${error}`) && this.line.seatLeft(seat),
        toHost: (messages) => {
          for (const message of messages) this.host.hear(message);
        },
        updated: () => undefined,
        noRoom: () => this.heard.push('no room'),
        failed: (error) => this.heard.push(`failed ${error}`),
      },
      {
        deflate: async (bytes) => {
          this.compressing += 1;
          const packed = await compress(bytes);
          this.compressing -= 1;
          return packed;
        },
        framebuffers: this.budget,
        clock: this.clock,
      },
    );
    this.host = new ScreenHost(width, height, (bytes) => this.line.fromHost(bytes));
  }

  /** What the host shows, and what each guest sees. */
  get shown(): { readonly size: object; readonly colours: Uint32Array } {
    const { width, height, colours } = this.host;
    return { size: { width, height }, colours };
  }

  get views(): { readonly size: object; readonly colours: Uint32Array }[] {
    return this.guests.map(({ viewer }) => ({ size: viewer.canvas.size, colours: viewer.canvas.colours }));
  }

  /** The host ends, as far into its next words as told, and nobody is there. */
  hostEnds(): void {
    this.host.silence();
    this.line.hostLeft();
  }

  /** Another host speaks for the machine, and greets. */
  hostComes(width: number, height: number): void {
    this.host = new ScreenHost(width, height, (bytes) => this.line.fromHost(bytes));
    this.host.greet();
  }

  async comes(encodings: readonly number[] = NOVNC_ENCODINGS, rights?: readonly Right[]): Promise<Guest> {
    const recording = new RecordingSeat(rights);
    const viewer = await CanvasViewer.open((bytes) => this.line.fromSeat(recording.seat, bytes), encodings);
    const guest = { recording, viewer };
    this.guests.push(guest);
    this.line.seatJoined(recording.seat);
    return guest;
  }

  goes(guest: Guest): void {
    this.guests.splice(this.guests.indexOf(guest), 1);
    this.line.seatLeft(guest.recording.seat);
  }

  /** Hands on what was sent, both ways, until nobody has anything more to say. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 3 || this.compressing > 0; ) {
      this.host.answer();
      let sent = 0;
      for (const { recording, viewer } of this.guests) {
        if (recording.queuedBytes > 0) continue;
        const bytes = recording.taken();
        sent += bytes.length;
        if (bytes.length > 0) viewer.feed(bytes);
      }
      this.sentTo += sent;
      await new Promise((resolve) => setTimeout(resolve, 0));
      quiet = sent === 0 && this.compressing === 0 ? quiet + 1 : 0;
    }
  }
}
