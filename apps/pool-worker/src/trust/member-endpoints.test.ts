import { describe, expect, it } from 'vitest';
import { memberEndpoints, parseEndpoint } from './member-endpoints.ts';

const demoEndpoints = ['127.0.0.1:4310', '127.0.0.1:4311', '[::1]:4312'];

describe('where a member is asked', () => {
  it('is its own address and 443', () => {
    const input = { address: '192.0.2.1', override: undefined, demoEndpoints: [] };
    expect(memberEndpoints(input)).toEqual([{ address: '192.0.2.1', port: 443 }]);
    expect(memberEndpoints({ ...input, demoEndpoints })).toEqual([{ address: '192.0.2.1', port: 443 }]);
  });

  it('is where the operator says, in whole or in part', () => {
    const input = { address: '192.0.2.1', demoEndpoints: [] };
    expect(memberEndpoints({ ...input, override: { address: '198.51.100.1', port: null } })).toEqual([
      { address: '198.51.100.1', port: 443 },
    ]);
    expect(memberEndpoints({ ...input, override: { address: null, port: 8443 } })).toEqual([
      { address: '192.0.2.1', port: 8443 },
    ]);
  });

  it('is nowhere while nobody knows an address', () => {
    expect(memberEndpoints({ address: '', override: undefined, demoEndpoints })).toEqual([]);
    const override = { address: null, port: 443 };
    expect(memberEndpoints({ address: '', override, demoEndpoints })).toEqual([]);
  });

  it('is each of the launcher’s pairs at its address, and no other loopback port', () => {
    const ports = (address: string) =>
      memberEndpoints({ address, override: undefined, demoEndpoints }).map(({ port }) => port);
    expect(ports('127.0.0.1')).toEqual([4310, 4311]);
    expect(ports('::1')).toEqual([4312]);
  });

  it.each(['127.0.0.1', 'example:443', '127.0.0.1:0', '127.0.0.1:65536', '[zz]:1'])('is not %s', (text) => {
    expect(parseEndpoint(text)).toBeNull();
  });
});
