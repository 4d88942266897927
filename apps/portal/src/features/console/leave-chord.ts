const FAMILIES: Record<string, 'control' | 'alt' | 'shift'> = {
  ControlLeft: 'control',
  ControlRight: 'control',
  AltLeft: 'alt',
  AltRight: 'alt',
  ShiftLeft: 'shift',
  ShiftRight: 'shift',
};

/**
 * Recognises Ctrl+Alt+Shift pressed and let go with no other key, the way out of a console (design §6). The machine
 * sees three modifiers and nothing else.
 */
export class LeaveChord {
  readonly #held = new Set<string>();
  #spoiled = false;

  /** @param code `KeyboardEvent.code` */
  keyDown(code: string): void {
    if (FAMILIES[code] === undefined) this.#spoiled = true;
    else this.#held.add(code);
  }

  /** @returns whether the chord is complete with this release */
  keyUp(code: string): boolean {
    if (FAMILIES[code] === undefined) return false;
    const families = new Set([...this.#held].map((held) => FAMILIES[held]));
    const complete = families.size === 3 && !this.#spoiled;
    this.#held.delete(code);
    // A broken chord stays broken until everything is let go.
    if (complete || this.#held.size === 0) this.reset();
    return complete;
  }

  /** The window lost the keyboard: releases may never be heard. */
  reset(): void {
    this.#held.clear();
    this.#spoiled = false;
  }
}
