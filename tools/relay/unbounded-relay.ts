// The relay without its back pressure, for the proof of the gate stalled-readers: whatever a host sends is taken.
import { Upstream } from '../../apps/ws-relay/src/hub/upstream.ts';

Upstream.prototype.hold = () => undefined;
await import('../../apps/ws-relay/src/main.ts');
