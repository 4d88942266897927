import {
  type Area,
  Damage,
  type Deflate,
  ENCODING,
  type EncodedPicture,
  encodeRaw,
  encodeTight,
  type Framebuffer,
} from '@porthole/rfb';
import type { ScreenFacts } from './screen-facts.ts';
import type { ScreenUnit } from './screen-unit.ts';
import type { PictureForm, SeatOutlet } from './seat-outlet.ts';

export interface SharedScreenListener {
  /** The outlet has its first whole picture, or a new one. */
  picture(outlet: SeatOutlet): void;
  /** The outlet's viewer cannot follow to the size that the screen has now. */
  lost(outlet: SeatOutlet): void;
  /** A change was encoded: there may be room for the next. */
  idle(): void;
  failed(error: unknown): void;
}

type Encoded = ReadonlyMap<PictureForm, ScreenUnit>;

/**
 * One picture for many seats: each change is encoded once for all, off the main thread as far as compressing goes, and
 * whole pictures are made for whoever has none. Meanwhile the host's next change is painted already; what has changed
 * twice is sent once.
 */
export class SharedScreen {
  readonly #framebuffer: Framebuffer;
  readonly #facts: ScreenFacts;
  readonly #deflate: Deflate;
  readonly #listener: SharedScreenListener;
  readonly #damage: Damage;
  readonly #outlets = new Set<SeatOutlet>();
  #moment = 0;
  #encodesChange = false;
  #encodesPicture = false;
  #closed = false;

  constructor(parts: {
    framebuffer: Framebuffer;
    facts: ScreenFacts;
    deflate: Deflate;
    listener: SharedScreenListener;
  }) {
    this.#framebuffer = parts.framebuffer;
    this.#facts = parts.facts;
    this.#deflate = parts.deflate;
    this.#listener = parts.listener;
    this.#damage = new Damage(parts.framebuffer.width, parts.framebuffer.height);
  }

  /** Whether another change of the host's would have somebody waiting for it. */
  get wantsMore(): boolean {
    return this.#damage.isEmpty && this.#some((outlet) => outlet.isHungry);
  }

  add(outlet: SeatOutlet): void {
    outlet.stale();
    this.#outlets.add(outlet);
  }

  remove(outlet: SeatOutlet): void {
    this.#outlets.delete(outlet);
  }

  /** The host has painted here. */
  changed(area: Area): void {
    this.#damage.add(area);
  }

  /** The screen has another size: nothing that waits means anything any more. */
  resized(): void {
    this.#damage.resize(this.#framebuffer.width, this.#framebuffer.height);
    for (const outlet of this.#outlets) outlet.stale();
  }

  /** Tells something beside the picture to every viewer that understands it. */
  tell(unit: ScreenUnit): void {
    for (const outlet of this.#outlets)
      if (outlet.asked.has(ENCODING[unit.encoding])) this.tellOne(outlet, unit);
  }

  tellOne(outlet: SeatOutlet, unit: ScreenUnit): void {
    this.#moment += 1;
    outlet.push(this.#moment, unit);
  }

  /** Begins what can be begun; to be called where the host stands between two messages, so that no picture is half. */
  pump(): void {
    if (this.#closed || !this.#framebuffer.complete) return;
    if (!this.#encodesPicture) this.#beginPicture();
    if (!this.#encodesChange) this.#beginChange();
  }

  close(): void {
    this.#closed = true;
    this.#outlets.clear();
  }

  #beginPicture(): void {
    const waiting = [...this.#outlets].filter((outlet) => outlet.wantsPicture);
    if (waiting.length === 0) return;
    const { width, height } = this.#framebuffer;
    this.#moment += 1;
    const moment = this.#moment;
    for (const outlet of waiting) outlet.catchUp(moment);
    this.#encodesPicture = true;
    this.#encode(waiting, [{ x: 0, y: 0, width, height }], (encoded) => {
      this.#encodesPicture = false;
      for (const outlet of waiting) this.#deliver(outlet, moment, encoded, { width, height });
    });
  }

  #deliver(
    outlet: SeatOutlet,
    moment: number,
    encoded: Encoded,
    size: { width: number; height: number },
  ): void {
    const picture = encoded.get(outlet.form);
    // Who has changed what it understands meanwhile, or has left, waits for another.
    if (!this.#outlets.has(outlet) || picture === undefined) {
      outlet.stale();
      return;
    }
    const { width, height } = size;
    const sizeUnit = this.#facts.sizeFor(outlet.asked, size);
    if (sizeUnit === null && !outlet.knowsSize(width, height, false)) {
      this.#listener.lost(outlet);
      return;
    }
    const extended = sizeUnit?.encoding === 'extendedDesktopSize';
    const news = sizeUnit === null || outlet.knowsSize(width, height, extended) ? [] : [sizeUnit];
    const facts = this.#facts.unitsFor(outlet.asked);
    if (!outlet.deliver(moment, [...news, ...facts, picture])) return;
    outlet.knowSize(width, height, extended);
    this.#listener.picture(outlet);
  }

  #beginChange(): void {
    if (this.#damage.isEmpty) return;
    const followers = [...this.#outlets].filter((outlet) => outlet.follows);
    if (followers.length === 0) {
      // Whoever comes next gets the whole picture.
      this.#damage.clear();
      return;
    }
    // Paced by the quickest seat: as long as nobody waits, changes gather.
    if (!followers.some((outlet) => outlet.isHungry)) return;
    this.#moment += 1;
    const moment = this.#moment;
    this.#encodesChange = true;
    this.#encode(followers, this.#damage.take(), (encoded) => {
      this.#encodesChange = false;
      for (const outlet of this.#outlets) {
        const unit = encoded.get(outlet.form);
        if (unit === undefined) outlet.miss(moment);
        else outlet.push(moment, unit);
      }
    });
  }

  /** Reads the picture now; `done` is called later, in every form that somebody of these needs. */
  #encode(outlets: readonly SeatOutlet[], areas: readonly Area[], done: (encoded: Encoded) => void): void {
    const forms = [...new Set(outlets.map((outlet) => outlet.form))];
    const encoding = forms.map(async (form): Promise<[PictureForm, ScreenUnit]> => {
      const picture =
        form === 'tight'
          ? await encodeTight(this.#framebuffer, areas, this.#deflate)
          : encodeRaw(this.#framebuffer, areas);
      return [form, unitOf(form, picture)];
    });
    Promise.all(encoding).then(
      (encoded) => {
        if (this.#closed) return;
        done(new Map(encoded));
        this.#listener.idle();
      },
      (error: unknown) => this.#listener.failed(error),
    );
  }

  #some(holds: (outlet: SeatOutlet) => boolean): boolean {
    for (const outlet of this.#outlets) if (holds(outlet)) return true;
    return false;
  }
}

function unitOf(form: PictureForm, { rectangles, bytes, pixels }: EncodedPicture): ScreenUnit {
  return { rectangles, bytes, pixels, encoding: form, endsUpdate: false };
}
