import { LIMITS } from '@porthole/relay-contract';
import {
  clientHandshake,
  type Deflate,
  ENCODING,
  encodeBell,
  encodeExtendedDesktopSize,
  encodeServerCutText,
  encodeSetEncodings,
  encodeSetPixelFormat,
  encodeUpdateHead,
  encodeUpdateRequest,
  type HostGreeting,
  isPicture,
  RfbError,
  ServerStreamWalker,
  type WalkerEvent,
  WireRunner,
} from '@porthole/rfb';
import type { Clock } from '../clock.ts';
import type { ConsoleLine, ConsoleLineListener } from './console-line.ts';
import { FullRequests } from './full-requests.ts';
import { HeldInput } from './held-input.ts';
import { HostManners } from './host-manners.ts';
import type { MemoryBudget } from './memory-budget.ts';
import { PassThrough } from './pass-through.ts';
import { ScreenFacts } from './screen-facts.ts';
import { tellingUnit } from './screen-unit.ts';
import type { Seat } from './seat.ts';
import { SeatOutlet } from './seat-outlet.ts';
import { SeatViewer } from './seat-viewer.ts';
import { SharedPicture } from './shared-picture.ts';
import { sharedEncodings, upstreamEncodings } from './upstream-encodings.ts';

/** A host that speaks RFB: what it greeted with, and the walk over all it sends since. */
interface Greeted {
  readonly host: HostGreeting;
  readonly walker: ServerStreamWalker;
}

interface Place {
  readonly seat: Seat;
  readonly viewer: SeatViewer;
  readonly outlet: SeatOutlet;
  readonly fullRequests: FullRequests;
}

/** What a screen needs of the relay around it. */
export interface ScreenParts {
  readonly deflate: Deflate;
  readonly framebuffers: MemoryBudget;
  readonly clock: Clock;
}

type Of<T extends WalkerEvent['type']> = Extract<WalkerEvent, { type: T }>;

/**
 * A screen with its seats: RFB ended on both sides (architecture §2). A seat that is alone gets the host's messages as
 * they come. With the second one the hub keeps the picture and serves all from it, and stays so until the tunnel ends:
 * the host's zlib streams have gone on meanwhile, so their bytes mean nothing any more to whoever stayed.
 */
export class ScreenLine implements ConsoleLine {
  readonly #listener: ConsoleLineListener;
  readonly #parts: ScreenParts;
  #greeting: WireRunner<HostGreeting>;
  readonly #places = new Map<Seat, Place>();
  readonly #facts = new ScreenFacts();
  readonly #held = new HeldInput();
  readonly #pass = new PassThrough();
  readonly #painted = new WeakSet<Seat>();
  readonly #manners: HostManners;
  #greeted: Greeted | null = null;
  #shared: SharedPicture | null = null;
  #hostHasSpoken = false;
  #encodings: readonly number[] = [];
  #requested = false;
  /** What the seat that is alone waits for: the next change, everything, or nothing. */
  #credit: 'change' | 'everything' | null = null;
  #input: Uint8Array[] = [];
  #resizer: Seat | null = null;
  #size = '';
  #resized = false;
  #isRedialled = false;
  #isRinging = false;
  #pictures = 0;

  constructor(listener: ConsoleLineListener, parts: ScreenParts) {
    this.#listener = listener;
    this.#parts = parts;
    this.#manners = new HostManners(parts.clock, {
      isHeldBack: () => this.#isHeldBack(),
      stuck: (error) => listener.failed(error),
    });
    this.#greeting = this.#awaitGreeting();
  }

  get hostHasSpoken(): boolean {
    return this.#hostHasSpoken;
  }

  get passesThrough(): boolean {
    return this.#shared === null;
  }

  start(): void {
    // In RFB the host speaks first (RFC 6143 §7.1.1).
  }

  fromHost(chunk: Uint8Array): void {
    this.#hostHasSpoken = true;
    if (this.#greeted === null) this.#readGreeting(chunk);
    else this.#walk(this.#greeted.walker, chunk);
  }

  keeps(memory: ArrayBufferLike): boolean {
    return this.#pass.keeps(memory);
  }

  fromSeat(seat: Seat, chunk: Uint8Array): void {
    const place = this.#places.get(seat);
    if (place === undefined) return;
    try {
      place.viewer.push(chunk);
    } catch (error) {
      this.#listener.seatFault(seat, error);
    }
    // What came before a fault was lawful, and goes in one write.
    this.#sendInput();
    this.#advance();
  }

  seatJoined(seat: Seat): void {
    const outlet = new SeatOutlet(seat);
    const fullRequests = new FullRequests(this.#parts.clock, () => {
      this.#takeCredit(outlet, false);
      this.#advance();
    });
    const viewer = new SeatViewer(seat, this.#facts, {
      encodings: (asked) => {
        outlet.ask(asked);
        this.#setEncodings();
      },
      credit: (incremental) => this.#takeCredit(outlet, incremental || !fullRequests.allows()),
      input: (message) => {
        this.#held.note(message);
        if (message.type === 'set-desktop-size') this.#resizer = seat;
        this.#input.push(message.bytes);
      },
    });
    const place = { seat, viewer, outlet, fullRequests };
    this.#places.set(seat, place);
    if (this.#greeted === null) return;
    this.#greet(place, this.#greeted);
    if (this.#shared !== null) this.#shared.screen.add(outlet);
    else if (this.#places.size > 1) this.#share(this.#greeted);
  }

  seatLeft(seat: Seat): void {
    const place = this.#places.get(seat);
    if (place === undefined) return;
    this.#places.delete(seat);
    place.fullRequests.cancel();
    this.#shared?.screen.remove(place.outlet);
    if (this.#resizer === seat) this.#resizer = null;
  }

  seatDrained(seat: Seat): void {
    this.#places.get(seat)?.outlet.flush();
    this.#advance();
  }

  letGo(): void {
    this.#listener.toHost(this.#held.letGo());
  }

  hostLeft(): void {
    const [alone] = this.#places.values();
    if (this.#greeted !== null && this.#shared === null && alone !== undefined)
      this.#endUpdate(this.#greeted.walker, alone);
    this.#pass.forget();
    this.#manners.cancel();
    this.#greeted = null;
    this.#greeting = this.#awaitGreeting();
    this.#hostHasSpoken = false;
    this.#isRedialled = true;
    this.#facts.forget();
    this.#encodings = [];
    this.#input = [];
    // Whoever serves the machine next has never heard of these keys, and lets go what its own viewers held.
    this.#held.letGo();
    this.#requested = false;
    this.#resizer = null;
  }

  close(): void {
    this.#manners.cancel();
    for (const { fullRequests } of this.#places.values()) fullRequests.cancel();
    this.#shared?.close();
    this.#shared = null;
  }

  #awaitGreeting(): WireRunner<HostGreeting> {
    return new WireRunner(clientHandshake(), (bytes) => this.#listener.toHost([bytes]));
  }

  /** Brings the viewer that is alone to the end of the update that the host left half, and books what it is owed. */
  #endUpdate(walker: ServerStreamWalker, { seat, outlet }: Place): void {
    const isAnswered = this.#pass.isPassing && walker.isInUpdate;
    const ends = walker.finish(outlet.asked.has(ENCODING.lastRect));
    if (isAnswered) for (const bytes of ends) seat.send(bytes);
    // What was asked for and not answered is still waited for, and nothing of the old picture counts.
    if (this.#credit !== null || (this.#requested && !isAnswered)) this.#credit = 'everything';
  }

  #readGreeting(chunk: Uint8Array): void {
    const progress = this.#greeting.push(chunk);
    if (!progress.done) return;
    const host = progress.value;
    const walker = new ServerStreamWalker({
      width: host.width,
      height: host.height,
      emit: (event) => this.#heed(event),
    });
    walker.tellsRectangles = false;
    const greeted = { host, walker };
    this.#greeted = greeted;
    this.#size = `${host.width}x${host.height}`;
    this.#listener.toHost([encodeSetPixelFormat()]);
    this.#listener.ready();
    for (const place of this.#places.values()) if (!place.viewer.isGreeted) this.#greet(place, greeted);
    this.#facts.begin();
    this.#resized = this.#isRedialled;
    if (this.#shared !== null) this.#shareAgain(this.#shared, greeted);
    else if (this.#places.size > 1) this.#share(greeted);
    this.#setEncodings();
    this.#sendInput();
    this.#walk(walker, progress.rest);
  }

  /** The picture is another host's now: nobody is served before every pixel of it is known. */
  #shareAgain(shared: SharedPicture, { walker }: Greeted): void {
    this.#pictures = 0;
    for (const { outlet } of this.#places.values()) shared.screen.add(outlet);
    if (!shared.beginAnew(walker)) this.#listener.noRoom();
  }

  #greet({ viewer, outlet }: Place, { host, walker }: Greeted): void {
    const { width, height } = walker.size;
    viewer.greet({ ...host, width, height });
    outlet.knowSize(width, height, false);
  }

  /** From here on the hub keeps the picture; every seat is given a whole one as soon as it is known. */
  #share({ walker }: Greeted): void {
    const shared = SharedPicture.of(walker, {
      budget: this.#parts.framebuffers,
      facts: this.#facts,
      deflate: this.#parts.deflate,
      listener: {
        picture: (outlet) => this.#tellPicture(outlet),
        lost: (outlet) => this.#lose(outlet),
        idle: () => this.#advance(),
        failed: (error) => this.#listener.failed(error),
      },
    });
    if (shared === null) {
      this.#listener.noRoom();
      return;
    }
    this.#shared = shared;
    for (const { outlet, viewer } of this.#places.values()) {
      shared.screen.add(outlet);
      // What the host was asked for the seat that was alone is still owed to it.
      if (viewer.isServing && (this.#credit !== null || this.#requested)) outlet.credit(true);
    }
    this.#credit = null;
    this.#pictures = 0;
    this.#setEncodings();
    this.#sendInput();
    this.#request(false);
  }

  #walk(walker: ServerStreamWalker, chunk: Uint8Array): void {
    this.#pass.beginChunk(chunk, walker.offset);
    walker.push(chunk);
    this.#manners.received(chunk.length, walker.atBoundary);
    const [first] = this.#places.keys();
    this.#pass.endChunk(walker.offset, walker.passableOffset, first ?? null);
    this.#advance();
  }

  #heed(event: WalkerEvent): void {
    if (event.type === 'message-start') this.#beginMessage(event);
    else if (event.type === 'cut-text') this.#passCutText(event.text);
    else if (event.type === 'rectangle') this.#noteDamage(event);
    else if (event.type === 'message-end') this.#endMessage(event);
    else if (event.type === 'desktop-size') this.#noteSize(event);
    else if (event.type === 'tight-stream-start') this.#noteStream(event);
    else {
      const unit = this.#facts.note(event);
      if (unit !== null) this.#shared?.screen.tell(unit);
    }
  }

  #beginMessage({ message, offset }: Of<'message-start'>): void {
    const [place] = this.#places.values();
    // A cut text is told anew, within our limits and if the seat may have it.
    const isTold = message !== 'cut-text' && (message !== 'bell' || this.#rings());
    const passes = this.#shared === null && isTold && place?.viewer.isServing === true;
    this.#pass.beginMessage(offset, passes);
  }

  #passCutText(text: Uint8Array | null): void {
    if (text === null) return;
    const message = encodeServerCutText(text);
    for (const { seat, viewer } of this.#places.values()) {
      if (!viewer.isServing || !seat.mayCopy('fromGuest')) continue;
      if (this.#shared === null) this.#pass.put(message);
      else sendIfRoom(seat, message);
    }
  }

  #noteDamage(rectangle: Of<'rectangle'>): void {
    if (isPicture(rectangle.encoding)) this.#shared?.screen.changed(rectangle);
  }

  /** A viewer that was kept has old memory for the host's new stream: it is told to begin anew (architecture §2). */
  #noteStream({ stream, offset }: Of<'tight-stream-start'>): void {
    if (this.#isRedialled && this.#shared === null) this.#pass.setBits(offset, 1 << stream);
  }

  #noteSize({ screens, width, height, status }: Of<'desktop-size'>): void {
    this.#facts.noteScreens(screens);
    if (this.#shared === null && this.#pass.isPassing)
      for (const { outlet } of this.#places.values()) outlet.knowSize(width, height, screens.length > 0);
    const size = `${width}x${height}`;
    // A new size needs a new picture (rfb.md §7.7); the same size told again must not, or it would be told for ever (§7.6).
    if (size !== this.#size) {
      this.#manners.resized();
      this.#resized = true;
      this.#size = size;
      if (this.#shared?.resized() === false) this.#listener.noRoom();
    } else if (this.#shared !== null && status !== 0) this.#refuseSize(status, { width, height });
  }

  /** Only who asked for the size is told that the host refused it: reason 1, "this client" (rfb.md §4.1). */
  #refuseSize(status: number, size: { width: number; height: number }): void {
    const place = this.#resizer === null ? undefined : this.#places.get(this.#resizer);
    if (place === undefined) return;
    const told = encodeExtendedDesktopSize(size, this.#facts.screens, 1, status);
    this.#shared?.screen.tellOne(place.outlet, tellingUnit(told, 'extendedDesktopSize', true));
  }

  /** A host that rings without end is heard now and then. */
  #rings(): boolean {
    this.#isRinging = this.#manners.mayRing();
    return this.#isRinging;
  }

  /** A seat that is alone and slow holds the host back, who then is not to blame. */
  #isHeldBack(): boolean {
    const [alone] = this.#places.keys();
    return this.#shared === null && alone !== undefined && alone.queuedBytes > 0;
  }

  #endMessage({ message, update }: Of<'message-end'>): void {
    this.#manners.messageEnded();
    if (message === 'bell' && this.#shared !== null && this.#isRinging)
      for (const { seat, viewer } of this.#places.values())
        if (viewer.isServing) sendIfRoom(seat, encodeBell());
    if (update === null) return;
    this.#listener.updated(update);
    if (update.painted.some(({ encoding }) => isPicture(encoding))) this.#pictures += 1;
    this.#requested = false;
    if (this.#shared !== null) {
      // Also where more has come already: a host that never waits would never be seen between two messages.
      this.#shared.screen.pump();
      return;
    }
    for (const { seat, outlet } of this.#places.values()) {
      seat.receipt.update(update);
      if (this.#pictures > 0) this.#tellPicture(outlet);
    }
  }

  #tellPicture(outlet: SeatOutlet): void {
    const place = this.#placeOf(outlet);
    if (place === undefined || this.#painted.has(place.seat)) return;
    this.#painted.add(place.seat);
    this.#listener.picture(place.seat);
  }

  #lose(outlet: SeatOutlet): void {
    const place = this.#placeOf(outlet);
    if (place !== undefined)
      this.#listener.seatFault(place.seat, new RfbError('rfb/bad-message', { reason: 'cannot-resize' }));
  }

  #placeOf(outlet: SeatOutlet): Place | undefined {
    return [...this.#places.values()].find((place) => place.outlet === outlet);
  }

  #takeCredit(outlet: SeatOutlet, incremental: boolean): void {
    if (this.#shared !== null) outlet.credit(incremental);
    else this.#credit = incremental && this.#credit !== 'everything' ? 'change' : 'everything';
  }

  #setEncodings(): void {
    const asked = [...this.#places.values()].map(({ outlet }) => outlet.asked);
    const [alone] = asked;
    if (alone === undefined || this.#greeted === null || (this.#shared === null && alone.size === 0)) return;
    // Who has not said yet what it understands has no say in what is asked.
    const said = asked.filter((encodings) => encodings.size > 0);
    const encodings = this.#shared === null ? upstreamEncodings(alone) : sharedEncodings(said);
    if (encodings.join() === this.#encodings.join()) return;
    this.#encodings = encodings;
    this.#input.push(encodeSetEncodings(encodings));
  }

  #sendInput(): void {
    const input = this.#input;
    this.#input = [];
    this.#listener.toHost(input);
  }

  /** Gives what there is and asks for what is missing. */
  #advance(): void {
    if (this.#greeted === null) return;
    if (this.#shared === null) this.#advanceAlone(this.#greeted.walker);
    else this.#advanceShared(this.#shared, this.#greeted.walker);
  }

  /** One request outstanding; the next goes when the seat has room and the host has answered. */
  #advanceAlone(walker: ServerStreamWalker): void {
    if (this.#credit === null || this.#tellsSize(walker)) return;
    // Who has no picture does not wait for the change that an earlier request waits for.
    if (this.#requested && this.#credit === 'change') return;
    const incremental = this.#credit === 'change' && !this.#resized;
    this.#credit = null;
    this.#request(incremental);
  }

  /** After a redial the screen may have another size than the viewer knows; it hears so before anything else. */
  #tellsSize(walker: ServerStreamWalker): boolean {
    const [place] = this.#places.values();
    const { width, height } = walker.size;
    if (place === undefined || !walker.atBoundary || place.outlet.knowsSize(width, height, false))
      return false;
    const unit = this.#facts.sizeFor(place.outlet.asked, walker.size);
    if (unit === null) {
      this.#lose(place.outlet);
      return true;
    }
    this.#credit = null;
    this.#resized = true;
    for (const bytes of [encodeUpdateHead(1), ...unit.rectangles]) place.seat.send(bytes);
    place.outlet.knowSize(width, height, unit.encoding === 'extendedDesktopSize');
    return true;
  }

  #advanceShared(shared: SharedPicture, walker: ServerStreamWalker): void {
    if (walker.atBoundary) shared.screen.pump();
    if (this.#requested) return;
    if (shared.complete && !this.#resized) {
      if (shared.screen.wantsMore) this.#request(true);
      return;
    }
    // A host that has only told something still owes its picture: asked for all of it again, some would tell it again
    // (rfb.md §7.6).
    this.#request(this.#pictures === 0 && !this.#resized);
  }

  #request(incremental: boolean): void {
    if (this.#greeted === null) return;
    const { width, height } = this.#greeted.walker.size;
    this.#resized = false;
    this.#requested = true;
    this.#pictures = this.#shared === null ? this.#pictures : 0;
    this.#listener.toHost([encodeUpdateRequest({ incremental, x: 0, y: 0, width, height })]);
  }
}

/** Bells and cut texts are for now: a seat that is behind does without rather than collecting them. */
function sendIfRoom(seat: Seat, message: Uint8Array): void {
  if (seat.queuedBytes <= LIMITS.queuedToBrowserBytes) seat.send(message);
}
