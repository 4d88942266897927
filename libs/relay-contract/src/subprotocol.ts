/** The only subprotocol the relay ever answers with (security.md §2.4). */
export const SUBPROTOCOL = 'porthole.v1';

/** Prefix of the second offered subprotocol, which carries the ticket: URLs end in logs, this header does not. */
export const TICKET_PREFIX = 'porthole.ticket.';

/** 32 random bytes in base64url without padding. */
const TICKET_SHAPE = /^[A-Za-z0-9_-]{43}$/;

/** What the browser hands to `new WebSocket(url, protocols)`. */
export function offeredProtocols(ticket: string): string[] {
  return [SUBPROTOCOL, `${TICKET_PREFIX}${ticket}`];
}

/**
 * Reads the ticket out of a `Sec-WebSocket-Protocol` header.
 *
 * @returns the ticket, or null where the header is not exactly our two values in our order.
 */
export function ticketFromProtocols(header: string | undefined): string | null {
  const offered = (header ?? '').split(',').map((value) => value.trim());
  const [first, second] = offered;
  if (
    offered.length !== 2 ||
    first !== SUBPROTOCOL ||
    second === undefined ||
    !second.startsWith(TICKET_PREFIX)
  )
    return null;
  const ticket = second.slice(TICKET_PREFIX.length);
  return TICKET_SHAPE.test(ticket) ? ticket : null;
}

/** Path of a relay behind the one origin; the edge routes by it (architecture §1). */
export function consoleSocketPath(relayId: string): string {
  return `/console/ws/${relayId}`;
}
