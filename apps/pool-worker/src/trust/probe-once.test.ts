import { EgressError, type ProbeCertificate } from '@porthole/egress';
import { describe, expect, it } from 'vitest';
import { probeOnce } from './probe-once.ts';

const policy = { allowedCidrs: [], demoEndpoints: [], ownAddresses: [], allowedPorts: [443] };

describe('a round over the members of a pool', () => {
  it('asks each address once, also one that does not answer', async () => {
    const asked: number[] = [];
    const probe: ProbeCertificate = async (_policy, { port }) => {
      asked.push(port);
      throw new EgressError('egress/refused', { details: { port } });
    };
    const once = probeOnce(probe);
    const ask = (port: number) => once(policy, { host: '192.0.2.1', port }).catch((error: unknown) => error);
    const [first, other, again] = await Promise.all([ask(443), ask(444), ask(443)]);
    expect(asked).toEqual([443, 444]);
    expect(again).toBe(first);
    expect(other).toMatchObject({ details: { port: 444 } });
  });
});
