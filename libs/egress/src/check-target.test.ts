import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { attackAnswers, attackSpellings } from './attack-spellings.ts';
import { checkTarget, DNS_TIMEOUT_MS } from './check-target.ts';
import { EgressError } from './egress-error.ts';
import type { EgressPolicy } from './egress-policy.ts';
import { parseAddress } from './parse-address.ts';

function policy(changes: Partial<EgressPolicy> = {}): EgressPolicy {
  return {
    allowedCidrs: [],
    demoEndpoints: [],
    ownAddresses: [],
    allowedPorts: [443],
    resolve: async () => [],
    ...changes,
  };
}

const denied = expect.objectContaining({ code: 'egress/address-not-allowed' });

describe('checkTarget', () => {
  it('lets public addresses through, and dials a literal with the name for SNI', async () => {
    expect(await checkTarget(policy(), '9.9.9.9', 443)).toEqual({ ip: '9.9.9.9', family: 4, servername: '' });
    expect(await checkTarget(policy(), '2620:fe::fe', 443)).toEqual({
      ip: '2620:fe::fe',
      family: 6,
      servername: '',
    });
    const named = policy({ resolve: async () => ['9.9.9.9', '2620:fe::fe'] });
    expect(await checkTarget(named, 'xen.example.com', 443)).toEqual({
      ip: '9.9.9.9',
      family: 4,
      servername: 'xen.example.com',
    });
  });

  it('refuses every spelling of an address that is not to be reached', async () => {
    const attacks = attackSpellings();
    expect(attacks.length).toBeGreaterThanOrEqual(400);
    for (const { spelling, aims } of attacks) {
      await expect(checkTarget(policy(), spelling, 443), `${spelling} for ${aims}`).rejects.toBeInstanceOf(
        EgressError,
      );
      const typed = async () => {
        const { host, port } = parseAddress(spelling);
        return checkTarget(policy(), host, port);
      };
      await expect(typed(), `typed ${spelling} for ${aims}`).rejects.toBeInstanceOf(EgressError);
    }
  });

  it('refuses a name of which any answer is not to be reached', async () => {
    for (const answers of attackAnswers()) {
      const resolve = async () => answers;
      await expect(checkTarget(policy({ resolve }), 'xen.example.com', 443), answers.join()).rejects.toThrow(
        denied,
      );
    }
  });

  it('opens private ranges for the operator, and nothing else by that', async () => {
    const open = policy({ allowedCidrs: ['10.20.0.0/16', 'fd12::/16', '100.64.7.0/24'] });
    for (const ip of ['10.20.3.4', 'fd12::1', '::ffff:10.20.3.4', '100.64.7.9']) {
      expect((await checkTarget(open, ip, 443)).ip).toMatch(/^(10\.20\.3\.4|fd12::1|100\.64\.7\.9)$/);
    }
    for (const ip of ['10.21.0.1', '10.19.255.255', 'fd13::1', '100.64.8.1']) {
      await expect(checkTarget(open, ip, 443)).rejects.toThrow(denied);
    }
    const everything = policy({ allowedCidrs: ['0.0.0.0/0', '::/0'] });
    for (const ip of [
      '127.0.0.1',
      '169.254.169.254',
      '100.100.100.200',
      '::1',
      'fd00:ec2::254',
      '64:ff9b::a00:1',
    ]) {
      await expect(checkTarget(everything, ip, 443), ip).rejects.toThrow(denied);
    }
  });

  it('never reaches our own processes, even in an open range', async () => {
    const own = policy({
      allowedCidrs: ['10.0.0.0/8'],
      ownAddresses: ['10.0.0.5', '10.9.0.0/16', '9.9.9.9'],
    });
    for (const ip of ['10.0.0.5', '10.9.1.1', '9.9.9.9', '::ffff:10.0.0.5']) {
      await expect(checkTarget(own, ip, 443)).rejects.toThrow(denied);
    }
    expect((await checkTarget(own, '10.0.0.6', 443)).ip).toBe('10.0.0.6');
  });

  it('holds the port against the list', async () => {
    await expect(checkTarget(policy(), '9.9.9.9', 80)).rejects.toThrow(/port 80/);
    expect((await checkTarget(policy({ allowedPorts: [443, 8443] }), '9.9.9.9', 8443)).ip).toBe('9.9.9.9');
  });

  it('lets a demo pair through exactly as it is written', async () => {
    const demo = policy({ demoEndpoints: ['127.0.0.1:7443', '[::1]:7443'] });
    expect((await checkTarget(demo, '127.0.0.1', 7443)).ip).toBe('127.0.0.1');
    expect((await checkTarget(demo, '::1', 7443)).ip).toBe('::1');
    for (const [host, port] of [
      ['127.0.0.1', 443],
      ['127.0.0.1', 7444],
      ['127.0.0.2', 7443],
      ['0.0.0.0', 7443],
      ['::', 7443],
    ] as const) {
      await expect(checkTarget(demo, host, port), `${host} ${port}`).rejects.toThrow(denied);
    }
    const named = { ...demo, resolve: async () => ['127.0.0.1'] };
    await expect(checkTarget(named, 'localhost', 7443)).rejects.toThrow(denied);
  });

  it('opens nothing by a demo pair that is not loopback', async () => {
    const wide = policy({ demoEndpoints: ['10.0.0.5:443', '169.254.169.254:443'] });
    for (const ip of ['10.0.0.5', '169.254.169.254'])
      await expect(checkTarget(wide, ip, 443)).rejects.toThrow(denied);
  });

  it('fails closed on a policy that it cannot read', async () => {
    const unreadable = expect.objectContaining({ code: 'egress/bad-policy' });
    await expect(checkTarget(policy({ ownAddresses: ['proxy.internal'] }), '9.9.9.9', 443)).rejects.toThrow(
      unreadable,
    );
    await expect(checkTarget(policy({ allowedCidrs: ['10.0.0.0/99'] }), '10.0.0.1', 443)).rejects.toThrow(
      unreadable,
    );
    await expect(checkTarget(policy({ demoEndpoints: ['127.0.0.1'] }), '9.9.9.9', 443)).rejects.toThrow(
      unreadable,
    );
  });

  it('says that a name is not known, whatever the resolver meant', async () => {
    const unknown = expect.objectContaining({ code: 'egress/name-not-found' });
    await expect(checkTarget(policy(), 'nowhere.example', 443)).rejects.toThrow(unknown);
    const broken = policy({ resolve: () => Promise.reject(new Error('SERVFAIL')) });
    await expect(checkTarget(broken, 'nowhere.example', 443)).rejects.toThrow(unknown);
    const flood = policy({ resolve: async () => Array.from({ length: 65 }, () => '9.9.9.9') });
    await expect(checkTarget(flood, 'flood.example', 443)).rejects.toThrow(unknown);
  });

  it('does not wait for a resolver for ever', async () => {
    vi.useFakeTimers();
    const waiting = checkTarget(policy({ resolve: () => new Promise(() => undefined) }), 'slow.example', 443);
    const late = expect(waiting).rejects.toMatchObject({ code: 'egress/timeout', details: { step: 'name' } });
    await vi.advanceTimersByTimeAsync(DNS_TIMEOUT_MS);
    await late;
    vi.useRealTimers();
  });

  it('asks the resolver once for each check', async () => {
    let asked = 0;
    const resolve = async () => {
      asked += 1;
      return asked === 1 ? ['9.9.9.9'] : ['127.0.0.1'];
    };
    expect((await checkTarget(policy({ resolve }), 'rebind.example', 443)).ip).toBe('9.9.9.9');
    expect(asked).toBe(1);
    await expect(checkTarget(policy({ resolve }), 'rebind.example', 443)).rejects.toThrow(denied);
  });

  it('denies each IPv4 address in every dress alike', async () => {
    await fc.assert(
      fc.asyncProperty(fc.ipV4(), async (ip) => {
        const plain = await outcome(ip);
        expect(await outcome(`::ffff:${ip}`)).toBe(plain);
        expect(await outcome(`::${ip}`)).toBe('denied');
        expect(await outcome(`64:ff9b::${ip}`)).toBe('denied');
      }),
    );
  });
});

async function outcome(host: string): Promise<string> {
  try {
    return (await checkTarget(policy(), host, 443)).ip;
  } catch (error) {
    return error instanceof EgressError && error.code === 'egress/address-not-allowed'
      ? 'denied'
      : String(error);
  }
}
