import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { OpenIdFetch } from '@porthole/auth';
import { makeFetch } from '@porthole/egress';
import forge from 'node-forge';
import Provider from 'oidc-provider';

export const CLIENT = { id: 'porthole', secret: 'a-secret-of-the-client' };

/** What the issuer says of whoever comes. */
export interface Said {
  sub: string;
  email?: string;
  email_verified?: boolean;
  name?: string;
}

export type Issuer = Awaited<ReturnType<typeof startIssuer>>;

/** A real OpenID provider on loopback, that takes whoever comes for the one of `issuer.said`. */
export async function startIssuer(redirectUri: string) {
  const identity = identityOfLoopback();
  const handler: { serve: (req: IncomingMessage, res: ServerResponse) => void } = { serve: () => undefined };
  const server = createServer(identity, (req, res) => handler.serve(req, res));
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const url = `https://127.0.0.1:${port}`;
  const state: { said: Said } = { said: { sub: 'nobody' } };
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const provider = new Provider(url, {
    clients: [{ client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uris: [redirectUri] }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    cookies: { keys: [randomBytes(16).toString('hex')] },
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig', kid: 'one' }] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
    pkce: { required: () => true },
    findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ ...state.said, sub }) }),
    loadExistingGrant: async (ctx) => {
      const grant = new ctx.oidc.provider.Grant({ clientId: CLIENT.id, accountId: state.said.sub });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
  });
  provider.on('server_error', () => undefined);
  const callback = provider.callback();
  handler.serve = (req, res) => {
    if (req.url?.startsWith('/interaction/') !== true) return void callback(req, res);
    const result =
      state.said.sub === 'refused' ? { error: 'access_denied' } : { login: { accountId: state.said.sub } };
    provider.interactionFinished(req, res, result).catch(() => res.writeHead(500).end());
  };
  const rules = { allowedCidrs: [], ownAddresses: [], allowedPorts: [443, port] };
  const trust = { authorities: [identity.cert] };
  const fetch: OpenIdFetch = makeFetch({ ...rules, demoEndpoints: [`127.0.0.1:${port}`] }, trust);
  return {
    url,
    /** Vouches for the issuer's TLS. */
    certificate: identity.cert,
    fetch,
    /** As in production, where no loopback is open. */
    fetchByTheRules: makeFetch({ ...rules, demoEndpoints: [] }, trust),
    state,
    /** As a browser goes from the issuer's page back to ours. @returns the search of our address */
    walk: (start: string) => walk(fetch, start, redirectUri),
    end: () => server.close(),
  };
}

/** A certificate of 127.0.0.1 that vouches for itself. */
function identityOfLoopback(): { cert: string; key: string } {
  const pair = forge.pki.rsa.generateKeyPair(2_048);
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = pair.publicKey;
  certificate.serialNumber = '01';
  certificate.validity.notBefore = new Date(Date.now() - 86_400_000);
  certificate.validity.notAfter = new Date(Date.now() + 86_400_000);
  const subject = [{ name: 'commonName', value: 'issuer.test' }];
  certificate.setSubject(subject);
  certificate.setIssuer(subject);
  certificate.setExtensions([{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }]);
  certificate.sign(pair.privateKey, forge.md.sha256.create());
  return { cert: forge.pki.certificateToPem(certificate), key: forge.pki.privateKeyToPem(pair.privateKey) };
}

const MAX_STEPS = 8;

async function walk(fetch: OpenIdFetch, start: string, redirectUri: string): Promise<string> {
  const cookies = new Map<string, string>();
  let at = start;
  for (let step = 0; step < MAX_STEPS; step++) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(at, { headers: { cookie } });
    for (const set of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = set.split(';')[0]?.split('=') ?? [];
      cookies.set(name, value);
    }
    const location = answer.headers.get('location');
    if (location === null) throw new Error(`the issuer stopped: ${answer.status} ${await answer.text()}`);
    at = new URL(location, at).href;
    if (at.startsWith(redirectUri)) return new URL(at).search;
  }
  throw new Error('the issuer leads nowhere');
}

/** The same issuer, whose tokens say what a liar wants; signed by a key of the liar's, that `jwks` vouches for or not. */
export function lyingFetch(
  honest: OpenIdFetch,
  claims: Record<string, unknown>,
  { isVouchedFor = true } = {},
): OpenIdFetch {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const json = (value: unknown) => Response.json(value);
  return async (url, init) => {
    const { pathname } = new URL(url);
    if (pathname === '/token') {
      const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const text = `${part({ alg: 'RS256', kid: 'lie' })}.${part(claims)}`;
      const token = `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`;
      return json({ access_token: 'x', token_type: 'Bearer', expires_in: 60, id_token: token });
    }
    if (pathname === '/jwks' && isVouchedFor)
      return json({
        keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'lie', alg: 'RS256', use: 'sig' }],
      });
    return honest(url, init);
  };
}
