import { NextRequest } from 'next/server';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { proxy } from './proxy.ts';

beforeEach(() => {
  vi.stubEnv('PORTHOLE_ORIGIN', 'https://console.example');
  vi.stubEnv('PORTHOLE_DATABASE_URL', 'postgresql://porthole_portal@127.0.0.1:5432/porthole');
  vi.stubEnv('PORTHOLE_DATABASE_PASSWORD_FILE', '/run/secrets/db-portal');
  vi.stubEnv('PORTHOLE_VAULT_PUBLIC_KEY_FILE', '/run/secrets/vault.pub');
  vi.stubEnv('PORTHOLE_FACTOR_KEY_FILE', '/run/secrets/factor.key');
});
afterEach(() => vi.unstubAllEnvs());

const answer = (path: string) => proxy(new NextRequest(new URL(path, 'http://127.0.0.1:3000')));
const nonceOf = (policy: string | null) => /'nonce-([A-Za-z0-9+/=]+)'/.exec(policy ?? '')?.[1];

describe('every answer of the portal', () => {
  it('has a policy with a nonce of its own', () => {
    const nonces = ['/a', '/b', '/c'].map((path) =>
      nonceOf(answer(path).headers.get('content-security-policy')),
    );
    expect(new Set(nonces).size).toBe(3);
    expect(nonces.every((nonce) => Buffer.from(nonce ?? '', 'base64').length === 16)).toBe(true);
  });

  it('tells the page the same nonce that the browser is told', () => {
    const { headers } = answer('/o/acme/machines');
    const nonce = nonceOf(headers.get('content-security-policy'));
    expect(headers.get('x-middleware-request-x-nonce')).toBe(nonce);
    expect(nonceOf(headers.get('x-middleware-request-content-security-policy'))).toBe(nonce);
  });

  it('is never stored unless it is a file of the build', () => {
    expect(answer('/o/acme/log').headers.get('cache-control')).toBe('no-store');
    expect(answer('/api/trpc/auth.me').headers.get('cache-control')).toBe('no-store');
    expect(answer('/_next/static/a.js').headers.get('cache-control')).toBeNull();
  });

  it('goes on to where it was going', () => {
    expect(answer('/sign-in?next=//evil.example').headers.get('location')).toBeNull();
  });
});
