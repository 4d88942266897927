import { createHash } from 'node:crypto';

/** One link as it is stored. */
export interface ChainLink {
  seq: bigint;
  payload: string;
  payloadHash: Uint8Array;
  prevHash: Uint8Array;
  hash: Uint8Array;
  /** Whether the columns beside the text, by which the log is searched, say what the text says; true if not asked. */
  columnsAgree?: boolean;
}

export interface ChainHead {
  seq: bigint;
  hash: Uint8Array;
}

/** What is wrong at the first place where something is. */
export type ChainBreak =
  /** A number is missing, or comes twice or out of order: an event was taken out, put in or moved. */
  | 'order'
  /** The text is not the one that was hashed: an event was edited. */
  | 'payload'
  /** The text is good, and what it is found by is not: somebody hid an event from a search. */
  | 'columns'
  /** The link does not continue the one before it. */
  | 'link'
  /** The link's own hash does not follow from its parts. */
  | 'hash'
  /** The chain ends before or after its head, or in another hash: its end was cut off, or its head moved. */
  | 'end';

export type ChainVerdict =
  | { intact: true; events: number }
  | {
      intact: false;
      events: number;
      /** The number of the event that doesn't fit. */
      brokenAt: number;
      why: ChainBreak;
      /** The number that stands there; null where the log has ended. */
      found: number | null;
    };

/** What stands before the first link. */
export const FIRST_PREV_HASH: Uint8Array = new Uint8Array(32);

/**
 * Recomputes a whole chain from its first link, in order, and compares it with its head. The bytes:
 *
 *     payloadHash = SHA-256(payload)
 *     hash        = SHA-256("porthole1|" tenant "|" seq "|" hex(prevHash) "|" hex(payloadHash))
 *
 * all UTF-8, the tenant as lower-case uuid, seq in decimal, hex in lower case, and {@link FIRST_PREV_HASH} before link
 * 1 (security.md §7; the writer is `audit_write` in prisma/migrations/0003_audit).
 *
 * @param head the last link as it is known from elsewhere; without it a cut end cannot be seen
 */
export async function verifyChain(
  tenantId: string,
  links: Iterable<ChainLink> | AsyncIterable<ChainLink>,
  head?: ChainHead | null,
): Promise<ChainVerdict> {
  let previous: ChainHead = { seq: 0n, hash: FIRST_PREV_HASH };
  let events = 0;
  for await (const link of links) {
    const why = breakOf(tenantId, previous, link);
    if (why !== null)
      return {
        intact: false,
        events,
        brokenAt: Number(previous.seq + 1n),
        why,
        found: Number(link.seq),
      };
    previous = { seq: link.seq, hash: link.hash };
    events += 1;
  }
  if (head !== undefined && head !== null && (head.seq !== previous.seq || !equal(head.hash, previous.hash)))
    return { intact: false, events, brokenAt: Number(previous.seq + 1n), why: 'end', found: null };
  return { intact: true, events };
}

/** The hash of a link from its parts. */
export function linkHash(
  tenantId: string,
  link: Pick<ChainLink, 'seq' | 'prevHash' | 'payloadHash'>,
): Uint8Array {
  return sha256(`porthole1|${tenantId}|${link.seq}|${hex(link.prevHash)}|${hex(link.payloadHash)}`);
}

/** SHA-256 of a payload's UTF-8 bytes. */
export function payloadHash(payload: string): Uint8Array {
  return sha256(payload);
}

function breakOf(tenantId: string, previous: ChainHead, link: ChainLink): ChainBreak | null {
  if (link.seq !== previous.seq + 1n) return 'order';
  if (!equal(payloadHash(link.payload), link.payloadHash)) return 'payload';
  if (!equal(previous.hash, link.prevHash)) return 'link';
  if (!equal(linkHash(tenantId, link), link.hash)) return 'hash';
  return link.columnsAgree === false ? 'columns' : null;
}

function sha256(text: string): Uint8Array {
  return createHash('sha256').update(text, 'utf8').digest();
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function equal(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
