/** What of noVNC's Tight decoder this file touches: its four zlib streams. */
export interface TightStreams {
  readonly _zlibs: readonly { reset(): void; readonly strm: { readonly state: { window: unknown } } }[];
}

/**
 * Lets the zlib streams of noVNC 1.7 begin anew as a whole. Its copy of pako forgets the size of the window in
 * `inflateReset` and sets it again only together with a new window, so after a reset nothing that looks back can be read
 * ("zlib inflate failed"); zlib itself asks for the size each time (`updatewindow` in inflate.c). A viewer that outlives
 * the connection to its host needs this: the next host's stream begins with a reset bit (rfb.md §8).
 */
export function mendResets({ _zlibs }: TightStreams): void {
  for (const zlib of _zlibs) {
    const reset = zlib.reset.bind(zlib);
    zlib.reset = () => {
      reset();
      zlib.strm.state.window = null;
    };
  }
}
