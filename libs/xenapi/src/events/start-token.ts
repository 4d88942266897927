import { watchEvents } from '../watch-events.ts';
import type { XenCalls } from '../xen-session.ts';
import { isXenError, XenTransportError } from '../xenapi-error.ts';

const MAX_TOKEN_LENGTH = 256;
/** The shortest wait of an `event.from` that is asked for its token alone, in seconds. */
const NO_WAIT_S = 0.1;

/**
 * Where the events are now: `event.inject` on the pool, which is cheap and an ordering barrier (xenapi.md §5). A host
 * without it gives its place with the pool's own record.
 * @throws XenTransportError xenapi/unexpected-record; else as the calls
 */
export async function startToken(session: XenCalls, signal?: AbortSignal): Promise<string> {
  const options = signal === undefined ? {} : { signal };
  const pools = await session.call('pool.get_all', [], options);
  const [poolRef] = Array.isArray(pools) ? pools : [];
  try {
    return readToken(await session.call('event.inject', ['pool', poolRef ?? ''], options));
  } catch (error) {
    if (!isXenError(error, 'MESSAGE_METHOD_UNKNOWN')) throw error;
    const first = await watchEvents(session, {
      classes: ['pool'],
      token: '',
      timeoutS: NO_WAIT_S,
      ...options,
    });
    return first.token;
  }
}

function readToken(value: unknown): string {
  if (typeof value === 'string' && value !== '' && value.length <= MAX_TOKEN_LENGTH) return value;
  throw new XenTransportError('xenapi/unexpected-record', { class: 'event', reason: 'token' });
}
