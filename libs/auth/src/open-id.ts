import { codeOf, type Secret } from '@porthole/errors';
import {
  AuthorizationResponseError,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  ClientError,
  ClientSecretBasic,
  ClientSecretPost,
  Configuration,
  type CustomFetch,
  calculatePKCECodeChallenge,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  None,
  ResponseBodyError,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import { SsoError } from './sso-error.ts';

/** The way out; that of libs/egress, whose rules hold for every address that an issuer names. */
export type OpenIdFetch = (
  url: string,
  init: { method?: string; headers?: Record<string, string>; body?: string | null },
) => Promise<Response>;

/** An organisation's issuer, as Porthole is known there. */
export interface OpenIdClient {
  issuer: string;
  clientId: string;
  clientSecret: Secret;
}

/** What has to be kept until the browser comes back. */
export interface OpenIdAttempt {
  state: string;
  nonce: string;
  verifier: string;
}

/** Who the issuer says it was. */
export interface OpenIdPerson {
  subject: string;
  email: string | null;
  isEmailVerified: boolean;
  name: string | null;
}

/**
 * Asks the issuer where to send the browser: code flow, with PKCE, state and nonce.
 *
 * @throws SsoError `sso/unreachable`, `sso/untrusted`
 */
export async function beginOpenId(
  goOut: OpenIdFetch,
  client: OpenIdClient,
  { redirectUri, email }: { redirectUri: string; email: string },
): Promise<OpenIdAttempt & { url: string }> {
  const config = await configurationOf(goOut, client);
  const attempt = { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier() };
  const url = buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid email profile',
    code_challenge: await calculatePKCECodeChallenge(attempt.verifier),
    code_challenge_method: 'S256',
    state: attempt.state,
    nonce: attempt.nonce,
    login_hint: email,
  });
  if (url.protocol !== 'https:')
    throw new SsoError('sso/untrusted', { reason: 'plain authorization endpoint' });
  return { ...attempt, url: url.href };
}

/**
 * Reads what the browser brought back: exchanges the code, and checks signature, issuer, audience, nonce and time of what it
 * was exchanged for.
 *
 * @throws SsoError `sso/refused` where the issuer says no, `sso/untrusted` where it says what it may not, `sso/unreachable`
 */
export async function finishOpenId(
  goOut: OpenIdFetch,
  client: OpenIdClient,
  callback: URL,
  { state, nonce, verifier }: OpenIdAttempt,
): Promise<OpenIdPerson> {
  const config = await configurationOf(goOut, client);
  return translating(async () => {
    const tokens = await authorizationCodeGrant(config, callback, {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    if (claims === undefined) throw new SsoError('sso/untrusted', { reason: 'no id token' });
    // Many issuers say no more in the token than who it was.
    const more =
      claims.email === undefined && config.serverMetadata().userinfo_endpoint !== undefined
        ? await fetchUserInfo(config, tokens.access_token, claims.sub)
        : claims;
    return {
      subject: claims.sub,
      email: textOf(more.email),
      isEmailVerified: more.email_verified === true,
      name: textOf(more.name),
    };
  });
}

function textOf(claim: unknown): string | null {
  return typeof claim === 'string' && claim.trim() !== '' ? claim.trim() : null;
}

async function configurationOf(goOut: OpenIdFetch, client: OpenIdClient): Promise<Configuration> {
  const { issuer, clientId, clientSecret } = client;
  return translating(async () => {
    const call: CustomFetch = (url, { method, headers, body }) =>
      goOut(url, { method, headers, body: body == null ? null : String(body) });
    const found = await discovery(new URL(issuer), clientId, undefined, None(), { [customFetch]: call });
    const server = found.serverMetadata();
    // Basic is what a server that says nothing takes.
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    const secret = clientSecret.reveal();
    const auth = methods.includes('client_secret_basic')
      ? ClientSecretBasic(secret)
      : ClientSecretPost(secret);
    const config = new Configuration(server, clientId, undefined, auth);
    config[customFetch] = call;
    // The token comes over TLS from the issuer itself; its signature is checked all the same.
    enableNonRepudiationChecks(config);
    return config;
  });
}

/** Failures of the door are the issuer's silence; the rest is an issuer that says no, or says what it may not. */
async function translating<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SsoError) throw error;
    if (error instanceof AuthorizationResponseError)
      throw new SsoError('sso/refused', { said: error.error }, error);
    if (error instanceof ResponseBodyError) throw new SsoError('sso/refused', { said: error.error }, error);
    const cause = error instanceof ClientError ? error.cause : error;
    const code = codeOf(cause);
    if (code?.startsWith('egress/') === true) throw new SsoError('sso/unreachable', { reason: code }, error);
    const said = error instanceof ClientError ? error.code : undefined;
    // Answers that are no answer: an error page, or a gateway's words.
    if (said === 'OAUTH_RESPONSE_IS_NOT_CONFORM' || said === 'OAUTH_RESPONSE_IS_NOT_JSON')
      throw new SsoError('sso/unreachable', { reason: said }, error);
    throw new SsoError('sso/untrusted', { reason: said ?? 'unknown' }, error);
  }
}
