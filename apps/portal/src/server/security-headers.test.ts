import { describe, expect, it } from 'vitest';
import { contentSecurityPolicy, mayBeCached, securityHeaders } from './security-headers.ts';

const facts = { nonce: 'bm9uY2U=', origin: 'https://console.example', isDevelopment: false };

describe('the content security policy', () => {
  it('starts from nothing and allows only our own origin, its socket and this answer’s scripts', () => {
    expect(contentSecurityPolicy(facts).split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self' 'nonce-bm9uY2U=' 'strict-dynamic'",
      "style-src 'self' 'unsafe-inline'",
      "img-src 'self' data: blob:",
      "font-src 'self'",
      "connect-src 'self' wss://console.example",
      "worker-src 'self'",
      "manifest-src 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "form-action 'self'",
      "object-src 'none'",
    ]);
  });

  it('never evaluates strings in a build', () => {
    expect(contentSecurityPolicy(facts)).not.toContain('unsafe-eval');
    expect(contentSecurityPolicy({ ...facts, isDevelopment: true })).toContain("'unsafe-eval'");
  });
});

describe('the headers of every answer', () => {
  it('are those of security.md §10', () => {
    expect(securityHeaders(facts)).toMatchObject({
      'strict-transport-security': 'max-age=63072000; includeSubDomains',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    });
  });

  it('allow self what consoles and passkeys use, and deny the rest', () => {
    const policy = securityHeaders(facts)['permissions-policy'] ?? '';
    for (const name of ['clipboard-read', 'keyboard-lock', 'publickey-credentials-get', 'fullscreen'])
      expect(policy).toContain(`${name}=(self)`);
    expect(policy).toContain('camera=()');
  });

  it('promise https alone where there is https', () => {
    expect(securityHeaders({ ...facts, origin: 'http://localhost:4400' })).not.toHaveProperty(
      'strict-transport-security',
    );
  });

  it('let nothing be stored but hashed files of the build', () => {
    expect(mayBeCached('/_next/static/chunks/a.js')).toBe(true);
    expect([mayBeCached('/o/acme/machines'), mayBeCached('/api/trpc/auth.me')]).toEqual([false, false]);
  });
});
