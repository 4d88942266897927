import { LIMITS } from '@porthole/relay-contract';

/** Upgrades of one address that may be pending at once: a whole office behind one address fits, a flood does not. */
export const PENDING_UPGRADES_PER_ADDRESS = 64;

/** Counts upgrades between their first byte and their answer, in all and by address. */
export class UpgradeLimits {
  readonly #total: number;
  readonly #perAddress: number;
  #pending = 0;
  readonly #byAddress = new Map<string, number>();

  constructor(total: number = LIMITS.pendingUpgrades, perAddress: number = PENDING_UPGRADES_PER_ADDRESS) {
    this.#total = total;
    this.#perAddress = perAddress;
  }

  get pending(): number {
    return this.#pending;
  }

  /** @returns how to give the place back, once; null where there is none left */
  enter(address: string): (() => void) | null {
    const mine = this.#byAddress.get(address) ?? 0;
    if (this.#pending >= this.#total || mine >= this.#perAddress) return null;
    this.#pending += 1;
    this.#byAddress.set(address, mine + 1);
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#leave(address);
    };
  }

  #leave(address: string): void {
    this.#pending -= 1;
    const mine = (this.#byAddress.get(address) ?? 1) - 1;
    if (mine > 0) this.#byAddress.set(address, mine);
    else this.#byAddress.delete(address);
  }
}
