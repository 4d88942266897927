/** The eight columns of a sealed secret, as they stand in `pool_credential` and `host_session` (security.md §3). */
export interface Sealed {
  /** Which key opens it. */
  readonly kid: string;
  /** The sender's ephemeral X25519 public key, 32 bytes. */
  readonly epk: Uint8Array<ArrayBuffer>;
  readonly wrapIv: Uint8Array<ArrayBuffer>;
  readonly wrappedDek: Uint8Array<ArrayBuffer>;
  readonly wrapTag: Uint8Array<ArrayBuffer>;
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly ct: Uint8Array<ArrayBuffer>;
  readonly tag: Uint8Array<ArrayBuffer>;
}

/** The same as a database driver gives it: bytes over any buffer. */
export type SealedRow = { readonly [K in keyof Sealed]: K extends 'kid' ? string : Uint8Array };
