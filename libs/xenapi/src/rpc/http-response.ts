import { XenTransportError } from '../xenapi-error.ts';
import { GrowingBuffer } from './growing-buffer.ts';

/** Longest response head of an RPC answer, in bytes. */
export const MAX_RESPONSE_HEAD_BYTES = 8 * 1024;

export interface HttpResponse {
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array;
  /** True if the connection may carry another request. */
  readonly keepAlive: boolean;
}

interface Head {
  readonly status: number;
  readonly contentType: string;
  readonly keepAlive: boolean;
  /** null: the body lasts until the connection closes. */
  readonly length: number | null;
}

const STATUS_LINE = /^HTTP\/(1\.[01]) ([1-5][0-9]{2})(?: [^\r\n]*)?$/;
const HEADER_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\r\n]*?)[ \t]*$/;

/**
 * Reads exactly one HTTP/1.x response, strictly: a Content-Length or an end by closing, nothing chunked (no xapi sends
 * it), no second meaning anywhere. Feed it with `push`, tell the end of the stream with `end`.
 */
export class HttpResponseReader {
  readonly #maxBodyBytes: number;
  readonly #received = new GrowingBuffer();
  #head: Head | null = null;
  #bodyStart = 0;

  /** @param maxBodyBytes bodies above it are refused as soon as they are announced */
  constructor(maxBodyBytes: number) {
    this.#maxBodyBytes = maxBodyBytes;
  }

  /** True once any byte of the answer is here: the request must not be repeated any more. */
  get started(): boolean {
    return this.#received.length > 0;
  }

  /**
   * @returns the response when it is whole, null while more is needed
   * @throws XenTransportError xenapi/not-http, xenapi/body-too-large
   */
  push(chunk: Uint8Array): HttpResponse | null {
    this.#received.append(chunk);
    this.#head ??= this.#readHead();
    if (this.#head === null) return null;
    const { length } = this.#head;
    const bodyBytes = this.#received.length - this.#bodyStart;
    if (length === null && bodyBytes > this.#maxBodyBytes) throw tooLarge(bodyBytes);
    // Bytes behind the answer to the only request in flight can belong to nothing.
    if (length !== null && bodyBytes > length) throw notHttp('bytes-after-body');
    return bodyBytes === length ? this.#response(this.#head) : null;
  }

  /**
   * The peer closed the connection.
   * @throws XenTransportError xenapi/connection-lost if the answer is not whole
   */
  end(): HttpResponse {
    if (this.#head === null || this.#head.length !== null) {
      throw new XenTransportError('xenapi/connection-lost', { untouched: !this.started });
    }
    return this.#response(this.#head);
  }

  #readHead(): Head | null {
    const bytes = this.#received.view().subarray(0, MAX_RESPONSE_HEAD_BYTES);
    const start = 'HTTP/1.';
    if (!start.startsWith(bytes.toString('latin1', 0, Math.min(start.length, bytes.length))))
      throw notHttp('start');
    const end = bytes.indexOf('\r\n\r\n');
    if (end === -1) {
      if (bytes.length === MAX_RESPONSE_HEAD_BYTES) throw notHttp('head-too-large');
      return null;
    }
    const head = parseHead(bytes.toString('latin1', 0, end));
    if (head.length !== null && head.length > this.#maxBodyBytes) throw tooLarge(head.length);
    this.#bodyStart = end + 4;
    return head;
  }

  #response(head: Head): HttpResponse {
    return {
      status: head.status,
      contentType: head.contentType,
      body: this.#received.view(this.#bodyStart),
      keepAlive: head.keepAlive && head.length !== null,
    };
  }
}

function parseHead(text: string): Head {
  const [statusLine = '', ...lines] = text.split('\r\n');
  const status = STATUS_LINE.exec(statusLine);
  if (status === null) throw notHttp('status-line');
  const headers = new Map<string, string>();
  for (const line of lines) {
    const match = HEADER_LINE.exec(line);
    const name = match?.[1]?.toLowerCase();
    if (name === undefined) throw notHttp('header-line');
    if (name === 'content-length' && headers.has(name)) throw notHttp('two-lengths');
    headers.set(name, match?.[2] ?? '');
  }
  if (headers.has('transfer-encoding')) throw notHttp('transfer-encoding');
  const length = headers.get('content-length');
  if (length !== undefined && !/^[0-9]{1,12}$/.test(length)) throw notHttp('content-length');
  const connection = (headers.get('connection') ?? '').toLowerCase();
  return {
    status: Number(status[2]),
    contentType: (headers.get('content-type') ?? '').toLowerCase(),
    keepAlive: status[1] === '1.1' ? connection !== 'close' : connection === 'keep-alive',
    length: length === undefined ? null : Number(length),
  };
}

function notHttp(reason: string): XenTransportError {
  return new XenTransportError('xenapi/not-http', { reason });
}

function tooLarge(bytes: number): XenTransportError {
  return new XenTransportError('xenapi/body-too-large', { bytes });
}
