/** How a gate is run. */
export interface GateRun {
  /** Full counts of security.md §14; reduced ones, for `npm test`, otherwise. */
  full: boolean;
  /** Switch the guarded defence off: the gate must then report a breach. */
  prove: boolean;
  /** Progress for whoever watches. */
  say(line: string): void;
}

export interface GateResult {
  /** What was found broken, one sentence each; none means that the promise holds. */
  breaches: string[];
  /** How much was tried: `{ rounds: 1000, winners: 1000 }`. */
  counts: Record<string, number>;
}

/** A promise of the product with the attack that tests it. Each stands in a file of its name and is exported as `gate`. */
export interface Gate {
  name: string;
  /** The promise, as a sentence. */
  promise: string;
  /** What `prove` switches off, as a sentence. */
  defence: string;
  run(options: GateRun): Promise<GateResult>;
}
