/** Features that a console page uses; all others stay off. Denying all but two breaks passkeys (architecture §7). */
const PERMISSIONS = [
  'clipboard-read',
  'clipboard-write',
  'fullscreen',
  'keyboard-lock',
  'keyboard-map',
  'publickey-credentials-get',
  'publickey-credentials-create',
  'screen-wake-lock',
] as const;

const DENIED = [
  'camera',
  'microphone',
  'geolocation',
  'usb',
  'serial',
  'payment',
  'display-capture',
] as const;

export interface HeaderFacts {
  nonce: string;
  /** The one origin, `https://console.example`. */
  origin: string;
  /** Only `next dev` evaluates strings; never in a build. */
  isDevelopment: boolean;
}

/** The policy of security.md §10 with the values that architecture §7 tried on Next's standalone server. */
export function contentSecurityPolicy({ nonce, origin, isDevelopment }: HeaderFacts): string {
  const socket = origin.replace(/^http/, 'ws');
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ''}`,
    // xterm.js 6 and Radix write style attributes.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src 'self' ${socket}`,
    "worker-src 'self'",
    "manifest-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "object-src 'none'",
  ].join('; ');
}

/** Every header that all answers of the portal carry. */
export function securityHeaders(facts: HeaderFacts): Record<string, string> {
  const headers: Record<string, string> = {
    'content-security-policy': contentSecurityPolicy(facts),
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': [
      ...PERMISSIONS.map((name) => `${name}=(self)`),
      ...DENIED.map((name) => `${name}=()`),
    ].join(', '),
  };
  // RFC 6797 §7.2: never over plain http.
  if (facts.origin.startsWith('https:'))
    headers['strict-transport-security'] = 'max-age=63072000; includeSubDomains';
  return headers;
}

/** Files of the build have their hash in their name and no person in their content; all else is never stored. */
export function mayBeCached(pathname: string): boolean {
  return pathname.startsWith('/_next/static/');
}
