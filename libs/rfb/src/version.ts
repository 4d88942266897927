import { RfbError } from './rfb-error.ts';
import { decodeLatin1, encodeLatin1 } from './text.ts';

/** The versions of RFC 6143 §7.1.1. vncterm closes on any but 3.3, so the host's is mirrored (rfb.md §6.2). */
export type RfbVersion = '3.3' | '3.7' | '3.8';

export const VERSION_BYTES = 12;

const BANNERS = { '3.3': 'RFB 003.003\n', '3.7': 'RFB 003.007\n', '3.8': 'RFB 003.008\n' } as const;

export function encodeVersion(version: RfbVersion): Uint8Array {
  return encodeLatin1(BANNERS[version]);
}

/** Accepts exactly `RFB 003.00[378]` (security.md §9). @throws RfbError rfb/bad-version */
export function parseVersion(bytes: Uint8Array): RfbVersion {
  const text = decodeLatin1(bytes);
  if (text === BANNERS['3.3']) return '3.3';
  if (text === BANNERS['3.7']) return '3.7';
  if (text === BANNERS['3.8']) return '3.8';
  throw new RfbError('rfb/bad-version', { banner: text.replace(/[^\x20-\x7e]/g, '.') });
}
