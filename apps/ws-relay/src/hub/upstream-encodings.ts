import { ENCODING } from '@porthole/rfb';

/** Pictures that a lone seat may get as the host sends them, in the order in which a host should prefer them. */
const PICTURES = [ENCODING.copyRect, ENCODING.tight, ENCODING.hextile, ENCODING.rre] as const;

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
