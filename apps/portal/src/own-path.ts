/**
 * A path of ours, and no way to anywhere else (security.md §10). Control characters too are refused: browsers leave tabs and
 * line breaks out of an address, so that `/⇥/evil.example` would be `//evil.example`.
 */
export const OWN_PATH = /^\/(?![/\\])\P{Cc}*$/u;
