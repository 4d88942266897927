import { ENCODING } from '@porthole/rfb';

/** Pictures that a lone seat may get as the host sends them, in the order in which a host should prefer them. */
const PICTURES = [ENCODING.copyRect, ENCODING.tight, ENCODING.hextile, ENCODING.rre] as const;

/** Pictures that the hub paints itself where several look: none has a memory but the picture (rfb.md §8). */
const MEMORYLESS = [ENCODING.copyRect, ENCODING.hextile, ENCODING.rre, ENCODING.raw] as const;

/** What only tells something; asked of the host as far as the seat asked (architecture §2). */
const PSEUDO = [
  ENCODING.desktopSize,
  ENCODING.extendedDesktopSize,
  ENCODING.lastRect,
  ENCODING.cursor,
  ENCODING.desktopName,
  ENCODING.qemuKey,
  ENCODING.qemuLed,
] as const;

/**
 * The hub's own SetEncodings for a lone seat. Nothing that a seat names gets through but by this closed list, so that
 * no host ever starts ZRLE, JPEG, fences or an extended clipboard. Raw is understood by every viewer (RFC 6143 §7.7).
 */
export function upstreamEncodings(askedBySeat: ReadonlySet<number>): number[] {
  return [
    ...PICTURES.filter((encoding) => askedBySeat.has(encoding)),
    ENCODING.raw,
    ...PSEUDO.filter((encoding) => askedBySeat.has(encoding)),
  ];
}

/**
 * The hub's own SetEncodings for several seats. What any seat understands is asked for, but the pointer's picture only
 * where all do: a host that tells it apart no longer paints it into the screen.
 */
export function sharedEncodings(askedBySeats: readonly ReadonlySet<number>[]): number[] {
  return [
    ...MEMORYLESS,
    ...PSEUDO.filter((encoding) =>
      encoding === ENCODING.cursor
        ? askedBySeats.every((asked) => asked.has(encoding))
        : askedBySeats.some((asked) => asked.has(encoding)),
    ),
  ];
}
