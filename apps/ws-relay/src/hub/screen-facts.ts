import {
  ENCODING,
  encodeDesktopName,
  encodeDesktopSize,
  encodeExtendedDesktopSize,
  encodeLedState,
  encodeQemuKeyAcknowledgement,
  encodeSingleUpdate,
  type Screen,
  type WalkerEvent,
} from '@porthole/rfb';
import { type ScreenUnit, tellingUnit } from './screen-unit.ts';

type CursorEvent = Extract<WalkerEvent, { type: 'cursor' }>;

/** What a host has told of its screen beside the picture; a newcomer is told what it knows how to hear. */
export class ScreenFacts {
  #isUp = false;
  #name: string | null = null;
  #led: number | null = null;
  #cursor: CursorEvent | null = null;
  #qemuKey = false;
  #screens: readonly Screen[] = [];

  /** A host is there to hear input. */
  get isUp(): boolean {
    return this.#isUp;
  }

  /** The host understands QEMU's key events. */
  get qemuKey(): boolean {
    return this.#qemuKey;
  }

  /** The host can be asked for another size. */
  get canResize(): boolean {
    return this.#screens.length > 0;
  }

  get screens(): readonly Screen[] {
    return this.#screens;
  }

  /** @returns what seats that understand it are to be told, or null where it says nothing new to remember */
  note(event: WalkerEvent): ScreenUnit | null {
    if (event.type === 'desktop-name') this.#name = event.name;
    else if (event.type === 'led-state') this.#led = event.state;
    else if (event.type === 'cursor') this.#cursor = event;
    else if (event.type === 'qemu-key' && !this.#qemuKey) this.#qemuKey = true;
    else return null;
    const kind = event.type;
    return this.#units().find(([of]) => of === kind)?.[1] ?? null;
  }

  /** A host has greeted. */
  begin(): void {
    this.#isUp = true;
  }

  /** The host has ended: what it told of itself is void, and the next will tell it anew. */
  forget(): void {
    this.#isUp = false;
    this.#name = null;
    this.#led = null;
    this.#cursor = null;
    this.#qemuKey = false;
    this.#screens = [];
  }

  noteScreens(screens: readonly Screen[]): void {
    if (screens.length > 0) this.#screens = screens;
  }

  /** All that a viewer with these encodings should know. */
  unitsFor(asked: ReadonlySet<number>): ScreenUnit[] {
    return this.#units().flatMap(([_of, unit]) => (asked.has(ENCODING[unit.encoding]) ? [unit] : []));
  }

  /** The size in the form that the viewer understands, or null where it understands none. */
  sizeFor(asked: ReadonlySet<number>, size: { width: number; height: number }): ScreenUnit | null {
    if (asked.has(ENCODING.extendedDesktopSize) && this.canResize)
      return tellingUnit(encodeExtendedDesktopSize(size, this.#screens), 'extendedDesktopSize', true);
    if (asked.has(ENCODING.desktopSize))
      return tellingUnit(encodeDesktopSize(size.width, size.height), 'desktopSize', true);
    return null;
  }

  #units(): [WalkerEvent['type'], ScreenUnit][] {
    const units: [WalkerEvent['type'], ScreenUnit][] = [];
    if (this.#qemuKey) units.push(['qemu-key', tellingUnit(encodeQemuKeyAcknowledgement(), 'qemuKey')]);
    if (this.#led !== null) units.push(['led-state', tellingUnit(encodeLedState(this.#led), 'qemuLed')]);
    if (this.#name !== null)
      units.push(['desktop-name', tellingUnit(encodeDesktopName(this.#name), 'desktopName')]);
    if (this.#cursor !== null) {
      const update = encodeSingleUpdate(this.#cursor, ENCODING.cursor, this.#cursor.body);
      units.push(['cursor', tellingUnit(update, 'cursor')]);
    }
    return units;
  }
}
