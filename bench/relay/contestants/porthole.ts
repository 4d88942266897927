import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { consoleSocketPath, offeredProtocols } from '@porthole/relay-contract';
import { BINDER_COOKIE } from '@porthole/tickets';
import { generateKeyPair } from '@porthole/vault';
import { RELAY_FLAGS } from '../../../tools/stack/app-specs.ts';
import type { Way } from '../load/viewer.ts';
import { type ConsoleKind, type Contestant, freePort, type Host, startProgram } from './contestant.ts';
import { type IssuedPass, PortholeWorld } from './porthole-world.ts';

const ORIGIN = 'https://porthole.example';
const RELAY_ID = 'bench';

export interface Porthole extends Contestant {
  /** Ways to one console, so many viewers. */
  seats(count: number, kind: ConsoleKind): Promise<Way[]>;
}

/**
 * The product's relay as it is shipped: its bundle, its flags, a real database with its roles, real passes.
 * @param bundle of bundle-relay.ts
 */
export async function startPorthole(host: Host, bundle: string): Promise<Porthole> {
  const keys = generateKeyPair();
  const world = await PortholeWorld.make(host, RELAY_ID, keys.publicPem);
  const port = await freePort();
  const url = new URL(world.database.url('relay'));
  const folder = path.join(host.folder, `porthole-${port}`);
  const write = (name: string, text: string) => {
    const file = path.join(folder, name);
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  };
  mkdirSync(path.join(folder, 'journal'), { recursive: true });
  const passwordFile = write('database-password', decodeURIComponent(url.password));
  url.password = '';
  const program = await startProgram([process.execPath, ...RELAY_FLAGS, bundle], port, {
    NODE_ENV: 'production',
    PORTHOLE_PROFILE: 'demo',
    PORTHOLE_LOG_LEVEL: 'info',
    PORTHOLE_RELAY_ID: RELAY_ID,
    PORTHOLE_HOST: '127.0.0.1',
    PORTHOLE_PORT: String(port),
    PORTHOLE_ORIGIN: ORIGIN,
    PORTHOLE_DATABASE_URL: url.href,
    PORTHOLE_DATABASE_PASSWORD_FILE: passwordFile,
    PORTHOLE_RELAY_KEY_FILE: write('relay-key', keys.privatePem.reveal()),
    PORTHOLE_JOURNAL_DIR: path.join(folder, 'journal'),
    PORTHOLE_DEMO_ENDPOINTS: `127.0.0.1:${host.port}`,
    PORTHOLE_TRUSTED_PROXY: '',
    // What it costs is the question, not how much it lets through.
    PORTHOLE_CONSOLE_MB_PER_SECOND: '1000',
    PORTHOLE_DRAIN_SECONDS: '0',
    PORTHOLE_DRAIN_HARD_SECONDS: '2',
  });
  let viewers = 0;
  const wayOf = ({ ticket, console }: IssuedPass, kind: ConsoleKind): Way => {
    viewers += 1;
    return {
      id: `porthole-${viewers}`,
      console,
      port,
      upgrade: {
        path: consoleSocketPath(RELAY_ID),
        headers: [
          `Origin: ${ORIGIN}`,
          `Cookie: ${BINDER_COOKIE}=${world.binder.reveal()}`,
          `Sec-WebSocket-Protocol: ${offeredProtocols(ticket.reveal()).join(', ')}`,
        ],
      },
      connects: false,
      screen: kind === 'screen',
    };
  };
  return {
    pid: program.pid,
    name: 'porthole',
    ways: async (count, kind) => (await world.issue(count, kind)).map((pass) => wayOf(pass, kind)),
    seats: async (count, kind) => (await world.issueShared(count, kind)).map((pass) => wayOf(pass, kind)),
    stop: async () => {
      await program.stop();
      await world.stop();
    },
  };
}
