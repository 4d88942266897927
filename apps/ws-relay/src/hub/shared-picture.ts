import { type Deflate, Framebuffer, type ServerStreamWalker } from '@porthole/rfb';
import type { MemoryBudget } from './memory-budget.ts';
import type { ScreenFacts } from './screen-facts.ts';
import { SharedScreen, type SharedScreenListener } from './shared-screen.ts';

/**
 * The picture that the hub keeps from the second seat on, the seats that are served from it, and what it has taken of
 * the relay's memory for it.
 */
export class SharedPicture {
  readonly screen: SharedScreen;
  readonly #framebuffer: Framebuffer;
  readonly #budget: MemoryBudget;
  #taken: number;

  private constructor(framebuffer: Framebuffer, screen: SharedScreen, budget: MemoryBudget) {
    this.screen = screen;
    this.#framebuffer = framebuffer;
    this.#budget = budget;
    this.#taken = framebuffer.bytes.length;
  }

  /** @returns null where the relay has no memory for a picture of the walker's size */
  static of(
    walker: ServerStreamWalker,
    parts: { budget: MemoryBudget; facts: ScreenFacts; deflate: Deflate; listener: SharedScreenListener },
  ): SharedPicture | null {
    const { width, height } = walker.size;
    const { budget, ...rest } = parts;
    if (!budget.take(Framebuffer.bytesFor(width, height))) return null;
    const framebuffer = new Framebuffer(width, height);
    paintInto(framebuffer, walker);
    return new SharedPicture(framebuffer, new SharedScreen({ framebuffer, ...rest }), budget);
  }

  /** True once every pixel is what the host has. */
  get complete(): boolean {
    return this.#framebuffer.complete;
  }

  /** Another host paints it from now on: nothing is known of it yet. @returns false where there is no memory for its size */
  beginAnew(walker: ServerStreamWalker): boolean {
    this.#framebuffer.resize(walker.size.width, walker.size.height);
    paintInto(this.#framebuffer, walker);
    return this.resized();
  }

  /** The host has painted it in another size. @returns false where there is no memory for that */
  resized(): boolean {
    const bytes = this.#framebuffer.bytes.length;
    this.#budget.give(this.#taken);
    this.#taken = this.#budget.take(bytes) ? bytes : 0;
    if (this.#taken < bytes) return false;
    this.screen.resized();
    return true;
  }

  close(): void {
    this.screen.close();
    this.#budget.give(this.#taken);
    this.#taken = 0;
  }
}

function paintInto(framebuffer: Framebuffer, walker: ServerStreamWalker): void {
  walker.framebuffer = framebuffer;
  walker.tellsRectangles = true;
}
