import { describe, expect, it } from 'vitest';
import { parsePoolAddress } from './pool-address.ts';

describe('the address of a pool', () => {
  it.each([
    ['xen-1.example', 'xen-1.example', 443],
    [' 10.0.4.11 ', '10.0.4.11', 443],
    ['127.0.0.1:8443', '127.0.0.1', 8443],
    ['[2001:db8::1]:8443', '2001:db8::1', 8443],
    ['2001:db8::1', '2001:db8::1', 443],
    ['https://xen-1.example:8443/', 'xen-1.example', 8443],
    ['0177.1', '127.0.0.1', 443],
  ])('reads %j', (text, address, port) => {
    expect(parsePoolAddress(text)).toEqual({ address, port });
  });

  it.each([
    '',
    'http://xen-1',
    'root@xen-1',
    'xen-1/path',
    'xen-1?x',
    'xen-1#x',
    'a b',
    'xen-1:99999',
    '%31',
    'a\\b',
  ])('refuses %j', (text) => {
    expect(() => parsePoolAddress(text)).toThrow(expect.objectContaining({ code: 'pool/address' }));
  });
});
