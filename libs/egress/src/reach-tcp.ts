import { connect } from 'node:net';
import { checkTarget } from './check-target.ts';
import { EgressError } from './egress-error.ts';
import type { EgressPolicy } from './egress-policy.ts';
import { TCP_TIMEOUT_MS } from './open-tls.ts';

/**
 * Whether somebody answers at an address: one TCP connect under the same rules as any other dial, not a byte sent, closed at once.
 * @param target an IP literal, and how long to wait in milliseconds
 * @throws EgressError egress/refused, egress/unreachable, egress/timeout, egress/aborted, egress/address-not-allowed,
 *   egress/bad-address, egress/bad-policy
 */
export async function reachTcp(
  policy: EgressPolicy,
  target: {
    readonly ip: string;
    readonly port: number;
    readonly timeoutMs?: number;
    readonly signal?: AbortSignal;
  },
): Promise<void> {
  const { ip, family } = await checkTarget(policy, target.ip, target.port);
  const { port, signal, timeoutMs = TCP_TIMEOUT_MS } = target;
  const details = { ip, port, step: 'tcp' };
  if (signal?.aborted === true) throw new EgressError('egress/aborted', { details });
  await new Promise<void>((resolve, reject) => {
    const socket = connect({ host: ip, port, family });
    const timer = setTimeout(() => settle(new EgressError('egress/timeout', { details })), timeoutMs);
    const onAbort = () => settle(new EgressError('egress/aborted', { details }));
    signal?.addEventListener('abort', onAbort, { once: true });
    socket.once('connect', () => settle(null));
    socket.once('error', (cause: NodeJS.ErrnoException) =>
      settle(
        new EgressError(codeOfErrno(cause.code), { details: { ...details, reason: cause.code }, cause }),
      ),
    );
    function settle(error: EgressError | null): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      socket.on('error', () => socket.destroy());
      socket.destroy();
      if (error === null) resolve();
      else reject(error);
    }
  });
}

function codeOfErrno(code: string | undefined) {
  if (code === 'ECONNREFUSED') return 'egress/refused';
  return code === 'ETIMEDOUT' ? 'egress/timeout' : 'egress/unreachable';
}
