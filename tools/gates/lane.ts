// One lane of gates: a process of its own that plays, one after another, what its parent asks for.
import { GATES, type GateName } from './registry.ts';
import { type GateVerdict, runGate } from './run-gate.ts';

/** What a parent sends to a lane. */
export interface GateOrder {
  name: GateName;
  prove: boolean;
}

function isOrder(message: unknown): message is GateOrder {
  if (typeof message !== 'object' || message === null) return false;
  if (!('name' in message) || !('prove' in message)) return false;
  return (
    typeof message.name === 'string' &&
    Object.hasOwn(GATES, message.name) &&
    typeof message.prove === 'boolean'
  );
}

process.on('message', async (message) => {
  if (!isOrder(message)) throw new Error('a lane plays gates by name');
  const verdict: GateVerdict = await runGate(message.name, {
    full: false,
    prove: message.prove,
    say: () => undefined,
  });
  process.send?.(verdict);
});
// Explicit: a gate's servers may still hold the process open for a moment.
process.once('disconnect', () => process.exit(0));
