import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EgressError } from './egress-error.ts';
import { bracketHost } from './host-name.ts';
import { parseAddress } from './parse-address.ts';

describe('parseAddress', () => {
  it.each([
    ['xen-1.example.com', 'xen-1.example.com', 443],
    ['  XEN-1.Example.com. ', 'xen-1.example.com', 443],
    ['https://xen-1.example.com/', 'xen-1.example.com', 443],
    ['HTTPS://xen-1.example.com:8443', 'xen-1.example.com', 8443],
    ['192.0.2.7:8443', '192.0.2.7', 8443],
    ['2001:4860::8888', '2001:4860::8888', 443],
    ['[2001:4860:0::8888]:8443', '2001:4860::8888', 8443],
    ['https://[::ffff:10.0.0.1]/', '::ffff:a00:1', 443],
    ['0177.1', '127.0.0.1', 443],
    ['①②⑦.0.0.1', '127.0.0.1', 443],
    ['münchen.example', 'xn--mnchen-3ya.example', 443],
    ['xen_1', 'xen_1', 443],
  ])('reads %j', (input, host, port) => {
    expect(parseAddress(input)).toEqual({ host, port });
  });

  it.each([
    ['', 'Write the address of a host.'],
    ['http://xen-1', 'Porthole speaks only https to a host; it never sends a password unprotected.'],
    ['file:///etc/passwd', 'Porthole speaks only https to a host; it never sends a password unprotected.'],
    ['root:secret@xen-1', 'Leave user name and password out of the address.'],
    ['xen-1/console', 'Write only the host and its port, without a path.'],
    ['xen-1?x', 'Write only the host and its port, without a path.'],
    ['xen-1#x', 'Write only the host and its port, without a path.'],
    ['xen-1:0', 'A port is a number from 1 to 65535.'],
    ['xen-1:65536', 'A port is a number from 1 to 65535.'],
    ['xen 1', 'The address has a blank or a backslash in it.'],
    ['xen-1\r\nHost: x', 'The address has a blank or a backslash in it.'],
    ['a'.repeat(301), 'That address is too long.'],
  ])('refuses %j in words', (input, publicMessage) => {
    expect(() => parseAddress(input)).toThrow(
      expect.objectContaining({ code: 'egress/bad-address', publicMessage }),
    );
  });

  it.each([
    'xen-1:',
    'xen-1:44x',
    ':443',
    '[::1',
    '::1]',
    '[]',
    '%31.0.0.1',
    '-xen',
    'xen..example',
    '[fe80::1%eth0]',
  ])('refuses %j', (input) => expect(() => parseAddress(input)).toThrow(/bad-address/));

  it('never throws anything but its own errors, and reads its own answer again', () => {
    const character = fc.constantFrom(...'az09.:-_[]@/?#%\\ １。é');
    fc.assert(
      fc.property(fc.string({ unit: character, maxLength: 20 }), (input) => {
        try {
          const { host, port } = parseAddress(input);
          expect(parseAddress(`https://${bracketHost(host)}:${port}`)).toEqual({ host, port });
        } catch (error) {
          expect(error).toBeInstanceOf(EgressError);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
