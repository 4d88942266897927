import { XenTransportError } from '../xenapi-error.ts';
import { jsonRpc1, jsonRpc2 } from './json-rpc.ts';
import type { RpcCodec, RpcDialect } from './rpc-codec.ts';
import { xmlRpc } from './xml-rpc.ts';

const CODECS: Readonly<Record<RpcDialect, RpcCodec>> = {
  'json-rpc-2.0': jsonRpc2,
  'json-rpc-1.0': jsonRpc1,
  'xml-rpc': xmlRpc,
};
/** What is tried after an error page, which is what a host gives for a request that it cannot read. */
const NEXT: Readonly<Record<RpcDialect, RpcCodec | null>> = {
  'json-rpc-2.0': jsonRpc1,
  'json-rpc-1.0': xmlRpc,
  'xml-rpc': null,
};

/** Which dialect one host is spoken to in: the newest that it understands, found out by what it answers. */
export class CodecChoice {
  #codec: RpcCodec = jsonRpc2;
  #settled = false;

  /** The one to ask in next. */
  get codec(): RpcCodec {
    return this.#codec;
  }

  /** The dialect in which the host has answered; null before it did. */
  get dialect(): RpcDialect | null {
    return this.#settled ? this.#codec.dialect : null;
  }

  /** The host answered in this dialect; a JSON host that answers in the old form is asked in it from now on. */
  settle(dialect: RpcDialect): void {
    this.#settled = true;
    this.#codec = CODECS[dialect];
  }

  /**
   * In which dialect to repeat a call that failed, or null for not at all.
   * `text/xml` on the JSON path means that the host read our JSON as XML and did nothing: any call may go again. An error
   * page may also come from the middle of a call, so only calls that change nothing go again, and only before the host has
   * ever answered.
   * @param isHarmless the call may be sent twice
   */
  after(failed: RpcCodec, error: unknown, isHarmless: boolean): RpcCodec | null {
    if (!(error instanceof XenTransportError)) return null;
    if (error.code === 'xenapi/too-old-for-json') return xmlRpc;
    if (error.code !== 'xenapi/error-page' || this.#settled || !isHarmless) return null;
    return NEXT[failed.dialect];
  }
}
