/** Where an error belongs on the page: the rows of design.md §7, and those that no person needs to see. */
export type XenErrorTopic =
  | 'pool.sign-in'
  | 'pool.member'
  | 'pool.not-xen'
  | 'pool.role'
  | 'power.state'
  | 'power.busy'
  | 'power.blocked'
  | 'power.tools'
  | 'power.deaf'
  | 'power.device'
  | 'power.room'
  | 'power.disk'
  | 'power.boot'
  | 'power.pool'
  | 'power.later'
  | 'power.unclear'
  /** Handled by this room: sign in again, or read again. */
  | 'silent'
  /** We asked wrongly. */
  | 'bug';

export type XenRetry = 'never' | 'later' | 'after-sign-in' | 'after-refetch' | 'after-removing';

/** Parameters by the names of the table, as far as the host sent them. */
export type NamedParams = Readonly<Record<string, string | undefined>>;

export interface XenErrorEntry {
  /** Names of the parameters in their order; how many of them come depends on the host's version. */
  readonly params: readonly string[];
  readonly topic: XenErrorTopic;
  readonly retry: XenRetry;
  /** A sentence or two for a person. Texts of the peer stand in it only through {@link quote}. */
  readonly words: string | ((params: NamedParams) => string);
}

const MAX_QUOTED = 120;

/** A text of the peer, on one line and short; or what to say where it sent none. */
export function quote(text: string | undefined, otherwise: string): string {
  const plain = (text ?? '').replace(/[\p{C}\s]+/gu, ' ').trim();
  return plain === '' ? otherwise : plain.slice(0, MAX_QUOTED);
}

/** Bytes as text to a size that people read. */
export function size(bytes: string | undefined): string | null {
  if (bytes === undefined || !/^[0-9]{1,18}$/.test(bytes)) return null;
  const mib = Number(bytes) / 1024 / 1024;
  return mib < 1024 ? `${Math.round(mib)} MiB` : `${(mib / 1024).toFixed(1)} GiB`;
}
