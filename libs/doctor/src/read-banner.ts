import type { ConsoleTunnel } from '@porthole/xenapi';

/** `RFB 003.008` and a line feed (rfb.md §1). */
const BANNER_BYTES = 12;
/** What a relay accepts, and no more (security.md §9): a console that is called good here opens there. */
const BANNER = /^RFB 003\.(?:003|007|008)\n$/;

export interface Banner {
  /** `eof`: the host let us in and hung up (xenapi.md §0.3); `silent`: not all of it came in time. */
  readonly kind: 'rfb' | 'garbage' | 'eof' | 'silent';
  /** What came, on one line. */
  readonly text: string;
}

/**
 * Reads the first twelve bytes behind an accepted CONNECT and answers none of them: QEMU throws other viewers out only at ClientInit
 * (xenapi.md §0.10), which never comes.
 */
export function readBanner(
  { socket, head }: ConsoleTunnel,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<Banner> {
  let received = Buffer.from(head);
  return new Promise((resolve) => {
    const end = (kind: 'eof' | 'silent') => settle({ kind, text: textOf(received) });
    const timer = setTimeout(() => end('silent'), timeoutMs);
    const onEnd = () => end('eof');
    const onAbort = () => end('silent');
    const onData = (chunk: Buffer) => {
      received = Buffer.concat([received, chunk.subarray(0, BANNER_BYTES)]);
      look();
    };
    function look(): void {
      const text = received.toString('latin1', 0, BANNER_BYTES);
      if (received.length >= BANNER_BYTES)
        settle({ kind: BANNER.test(text) ? 'rfb' : 'garbage', text: textOf(received) });
    }
    function settle(banner: Banner): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      socket.off('data', onData).off('end', onEnd).off('close', onEnd);
      socket.pause();
      resolve(banner);
    }
    signal.addEventListener('abort', onAbort, { once: true });
    socket.on('end', onEnd).on('close', onEnd).on('data', onData);
    if (socket.destroyed) onEnd();
    else look();
  });
}

function textOf(bytes: Buffer): string {
  return bytes
    .toString('latin1', 0, BANNER_BYTES)
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim();
}
