import { connect } from 'node:net';
import path from 'node:path';
import type { RolePasswords } from '../postgres/prepare-database.ts';
import type { Built } from './build-apps.ts';
import { rootDir, type StackPaths } from './stack-paths.ts';
import type { StackSecrets } from './stack-secrets.ts';
import type { AppSpec } from './supervised-app.ts';

export type AppName = 'portal' | 'worker' | 'courier' | 'edge' | `relay-${number}`;

/** What a test puts beside the stack, on loopback, for the portal to reach. */
export interface Elsewhere {
  /** `address:port` of an issuer of single sign-on. */
  issuer: string;
  /** A file with the certificate that vouches for it. */
  authorityFile: string;
  /** `address:port` of the name server that the portal asks for texts. */
  nameServer: string;
}

export interface AppSpecsInput {
  /** Null: from sources, reloaded when they change. */
  built: Built | null;
  origin: string;
  port: number;
  portalPort: number;
  relays: { name: `relay-${number}`; port: number }[];
  secrets: StackSecrets;
  paths: StackPaths;
  /** Without a password. */
  databaseUrl(role: keyof RolePasswords): string;
  /** Where the mailbox of this stack takes mails, on loopback. */
  smtpPort: number;
  /** The stand-in hosts: the only loopback addresses that worker and relay may dial. */
  demoEndpoints: string[];
  elsewhere: Elsewhere | null;
}

/**
 * How Node runs the relay's bundle, here and in its image: a small young generation keeps less for a console that was
 * busy once (performance.md rule 12).
 */
export const RELAY_FLAGS = ['--enable-source-maps', '--max-semi-space-size=1'];

const PATIENCE_MS = 5_000;
/** How long the portal keeps an idle connection: longer than the edge does, or it closes one just as a request comes. */
const PORTAL_KEEP_ALIVE_MS = 75_000;
const nameServer = path.join(rootDir, 'tools/stack/name-server.mjs');
const tsx = path.join(rootDir, 'node_modules/tsx/dist/esm/index.mjs');
const tsxWatch = [path.join(rootDir, 'node_modules/tsx/dist/cli.mjs'), 'watch', '--clear-screen=false'];

/** What runs and with what: the only place where the launcher sets an app's environment. */
export function appSpecs(input: AppSpecsInput): AppSpec[] {
  return [
    worker(input),
    courier(input),
    ...input.relays.map((relay) => relaySpec(input, relay)),
    portal(input),
    edge(input),
  ];
}

function common(
  { built, paths }: AppSpecsInput,
  name: AppName,
): Pick<AppSpec, 'name' | 'logFile' | 'patienceMs'> & {
  env: Record<string, string>;
} {
  return {
    name,
    logFile: path.join(paths.logs, `${name}.log`),
    patienceMs: PATIENCE_MS,
    env: {
      NODE_ENV: built === null ? 'development' : 'production',
      PORTHOLE_PROFILE: 'demo',
      PORTHOLE_LOG_LEVEL: built === null ? 'debug' : 'info',
      NEXT_TELEMETRY_DISABLED: '1',
    },
  };
}

function database(input: AppSpecsInput, role: keyof RolePasswords): Record<string, string> {
  return {
    PORTHOLE_DATABASE_URL: input.databaseUrl(role),
    PORTHOLE_DATABASE_PASSWORD_FILE: input.secrets.files.db[role],
  };
}

function worker(input: AppSpecsInput): AppSpec {
  const base = common(input, 'worker');
  const { files } = input.secrets;
  return {
    ...base,
    args: run(input.built?.worker, 'apps/pool-worker/src/main.ts'),
    env: {
      ...base.env,
      ...database(input, 'worker'),
      PORTHOLE_VAULT_KEY_FILE: files.vaultKey,
      PORTHOLE_RELAY_PUBLIC_KEY_FILE: files.relayPublic,
      PORTHOLE_DEMO_ENDPOINTS: input.demoEndpoints.join(','),
    },
    // It listens nowhere: running is all that can be asked.
    isReady: async () => true,
  };
}

function courier(input: AppSpecsInput): AppSpec {
  const base = common(input, 'courier');
  return {
    ...base,
    args: run(input.built?.courier, 'apps/courier/src/main.ts'),
    env: {
      ...base.env,
      ...database(input, 'courier'),
      PORTHOLE_ORIGIN: input.origin,
      PORTHOLE_SMTP_HOST: '127.0.0.1',
      PORTHOLE_SMTP_PORT: String(input.smtpPort),
      PORTHOLE_SMTP_TLS: 'none',
      PORTHOLE_MAIL_FROM: 'Porthole <porthole@localhost>',
    },
    // It listens nowhere: running is all that can be asked.
    isReady: async () => true,
  };
}

function relaySpec(input: AppSpecsInput, relay: { name: `relay-${number}`; port: number }): AppSpec {
  const base = common(input, relay.name);
  return {
    ...base,
    args: run(input.built?.relay, 'apps/ws-relay/src/main.ts', RELAY_FLAGS),
    env: {
      ...base.env,
      ...database(input, 'relay'),
      PORTHOLE_RELAY_ID: relay.name,
      PORTHOLE_HOST: '127.0.0.1',
      PORTHOLE_PORT: String(relay.port),
      PORTHOLE_ORIGIN: input.origin,
      PORTHOLE_RELAY_KEY_FILE: input.secrets.files.relayKey,
      PORTHOLE_JOURNAL_DIR: path.join(input.paths.journal, relay.name),
      PORTHOLE_DEMO_ENDPOINTS: input.demoEndpoints.join(','),
      PORTHOLE_TRUSTED_PROXY: '127.0.0.1,::1',
      // At a desk nobody waits a minute for Ctrl-C.
      PORTHOLE_DRAIN_SECONDS: '0',
      PORTHOLE_DRAIN_HARD_SECONDS: '2',
    },
    isReady: () => answers(`http://127.0.0.1:${relay.port}/readyz`),
  };
}

function portal(input: AppSpecsInput): AppSpec {
  const base = common(input, 'portal');
  const folder = path.join(rootDir, 'apps/portal');
  const dev = [
    path.join(rootDir, 'node_modules/next/dist/bin/next'),
    'dev',
    '-H',
    '127.0.0.1',
    '-p',
    String(input.portalPort),
  ];
  return {
    ...base,
    cwd: input.built === null ? folder : path.dirname(input.built.portal),
    args: [
      ...(input.elsewhere === null ? [] : ['--import', nameServer]),
      ...(input.built === null ? dev : [input.built.portal]),
    ],
    env: {
      ...base.env,
      ...database(input, 'portal'),
      PORT: String(input.portalPort),
      HOSTNAME: '127.0.0.1',
      KEEP_ALIVE_TIMEOUT: String(PORTAL_KEEP_ALIVE_MS),
      PORTHOLE_ORIGIN: input.origin,
      PORTHOLE_VAULT_PUBLIC_KEY_FILE: input.secrets.files.vaultPublic,
      PORTHOLE_FACTOR_KEY_FILE: input.secrets.files.factorKey,
      PORTHOLE_SSO_KEY_FILE: input.secrets.files.ssoKey,
      PORTHOLE_SIGN_UP: 'open',
      ...(input.elsewhere === null ? {} : reach(input.elsewhere)),
    },
    isReady: () => answers(`http://127.0.0.1:${input.portalPort}/sign-in`),
  };
}

/** How the portal gets there: by the setting that production refuses, and by what Node itself reads. */
function reach({ issuer, authorityFile, nameServer: server }: Elsewhere): Record<string, string> {
  return {
    PORTHOLE_DEMO_ENDPOINTS: issuer,
    NODE_EXTRA_CA_CERTS: authorityFile,
    PORTHOLE_LAUNCHER_NAME_SERVER: server,
  };
}

function edge(input: AppSpecsInput): AppSpec {
  const relays = input.relays.flatMap(({ name, port }) => ['--relay', `${name}=127.0.0.1:${port}`]);
  const args = ['--port', String(input.port), '--portal', `127.0.0.1:${input.portalPort}`, ...relays];
  return {
    ...common(input, 'edge'),
    args: ['--import', `file://${tsx}`, 'tools/edge.ts', ...args, ...(input.built === null ? ['--dev'] : [])],
    isReady: () => accepts(input.port),
  };
}

function run(built: string | undefined, source: string, flags = ['--enable-source-maps']): string[] {
  return built === undefined ? [...tsxWatch, source] : [...flags, built];
}

async function answers(url: string): Promise<boolean> {
  try {
    const reply = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(5_000) });
    await reply.body?.cancel();
    return reply.ok;
  } catch {
    return false; // Not listening yet.
  }
}

async function accepts(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
