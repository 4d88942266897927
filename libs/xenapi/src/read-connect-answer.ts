import { GrowingBuffer } from './rpc/growing-buffer.ts';
import { XenTunnelError } from './tunnel-error.ts';

/** Longest head of the answer to CONNECT, in bytes (security.md §4.6). */
export const MAX_CONNECT_HEAD_BYTES = 8 * 1024;

export interface ConnectAnswer {
  readonly status: number;
  readonly reason: string;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** What came behind the blank line: it belongs to the tunnel (xenapi.md §10.4). */
  readonly rest: Uint8Array;
}

export interface ConnectAnswerReader {
  /**
   * @returns the answer once its head is whole, null while more is needed
   * @throws XenTunnelError xenapi/tunnel-garbage, xenapi/tunnel-head-too-large
   */
  push(chunk: Uint8Array): ConnectAnswer | null;
}

const START = 'HTTP/1.';
const STATUS_LINE = /^HTTP\/1\.[01] ([1-5][0-9]{2})(?: ([^\p{Cc}]*))?$/u;
// White space after the colon has varied between releases (xenapi.md §4.3).
const HEADER_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\p{Cc}]*?)[ \t]*$/u;

/**
 * Reads the answer to CONNECT however it is cut, and not a byte further than its blank line. The status line may say 1.0
 * or 1.1; there is no length and no body to wait for (xenapi.md §4.3, §10.3 to §10.5).
 */
export function readConnectAnswer(): ConnectAnswerReader {
  const received = new GrowingBuffer();
  return {
    push(chunk) {
      received.append(chunk);
      const bytes = received.view();
      const begin = bytes.toString('latin1', 0, Math.min(START.length, bytes.length));
      if (!START.startsWith(begin)) throw new XenTunnelError('xenapi/tunnel-garbage', { reason: 'start' });
      const end = bytes.subarray(0, MAX_CONNECT_HEAD_BYTES).indexOf('\r\n\r\n');
      if (end !== -1)
        return { ...parseHead(bytes.toString('latin1', 0, end)), rest: bytes.subarray(end + 4) };
      if (bytes.length < MAX_CONNECT_HEAD_BYTES) return null;
      throw new XenTunnelError('xenapi/tunnel-head-too-large');
    },
  };
}

function parseHead(text: string): Omit<ConnectAnswer, 'rest'> {
  const [statusLine = '', ...lines] = text.split('\r\n');
  const match = STATUS_LINE.exec(statusLine);
  if (match === null) throw new XenTunnelError('xenapi/tunnel-garbage', { reason: 'status-line' });
  const headers = new Map<string, string>();
  for (const line of lines) {
    const header = HEADER_LINE.exec(line);
    if (header === null) throw new XenTunnelError('xenapi/tunnel-garbage', { reason: 'header-line' });
    headers.set((header[1] ?? '').toLowerCase(), header[2] ?? '');
  }
  return { status: Number(match[1]), reason: match[2] ?? '', headers };
}
