import { PassThrough } from 'node:stream';
import type { ConsoleTunnel } from '@porthole/xenapi';
import { describe, expect, it } from 'vitest';
import { readBanner } from './read-banner.ts';

/** What is made of a console that says this, byte by byte, and then hangs up. */
function bannerOf(said: string) {
  const socket = new PassThrough();
  const tunnel = { socket, head: new Uint8Array() } as unknown as ConsoleTunnel;
  const banner = readBanner(tunnel, { timeoutMs: 1_000, signal: new AbortController().signal });
  for (const byte of Buffer.from(said, 'latin1')) socket.write(Buffer.of(byte));
  socket.end();
  return banner;
}

describe('the first bytes of a console', () => {
  it.each(['003.003', '003.007', '003.008'])('are good as RFB %s, which relays speak', async (version) => {
    expect(await bannerOf(`RFB ${version}\n`)).toEqual({ kind: 'rfb', text: `RFB ${version}` });
  });

  it.each(['003.005', '003.889', '004.001', '000.000'])('are not as RFB %s', async (version) => {
    expect((await bannerOf(`RFB ${version}\n`)).kind).toBe('garbage');
  });

  it('are missing where the host hangs up before the twelfth', async () => {
    expect(await bannerOf('RFB 003.')).toEqual({ kind: 'eof', text: 'RFB 003.' });
  });
});
