import { type NextRequest, NextResponse } from 'next/server';
import { loadEnv } from './env.ts';
import { contentSecurityPolicy, mayBeCached, securityHeaders } from './server/security-headers.ts';

const NONCE_BYTES = 16;

/**
 * Runs before every answer: a fresh nonce, which Next puts on its scripts when it finds it in the request's policy,
 * and the security headers. It decides nothing about who may see what: each procedure does that itself.
 */
export function proxy(request: NextRequest): NextResponse {
  const { origin, isDevelopment } = loadEnv();
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(NONCE_BYTES))).toString('base64');
  const facts = { nonce, origin, isDevelopment };
  const forwarded = new Headers(request.headers);
  forwarded.set('x-nonce', nonce);
  forwarded.set('content-security-policy', contentSecurityPolicy(facts));
  const response = NextResponse.next({ request: { headers: forwarded } });
  for (const [name, value] of Object.entries(securityHeaders(facts))) response.headers.set(name, value);
  if (!mayBeCached(request.nextUrl.pathname)) response.headers.set('cache-control', 'no-store');
  return response;
}
