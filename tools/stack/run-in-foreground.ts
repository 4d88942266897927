import path from 'node:path';
import { parseArgs } from 'node:util';
import { DEMO_PASSWORD, DEMO_PEOPLE } from '../demo/cast.ts';
import { PlainError } from '../processes/plain-error.ts';
import { launchStack, type Stack } from './launch-stack.ts';
import { rootDir } from './stack-paths.ts';

const DEFAULT_PORT = 4000;

/** Runs a stack for a person at a terminal until Ctrl-C; every trouble ends in a sentence and a way on. */
export async function runInForeground({ dev }: { dev: boolean }): Promise<void> {
  const startedAt = Date.now();
  const seconds = (): string => `${((Date.now() - startedAt) / 1000).toFixed(1).padStart(5)} s`;
  const interruption = new AbortController();
  let stack: Stack | null = null;
  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    console.log('\nStopping …');
    if (stack === null) {
      interruption.abort(new Interrupted());
      return;
    }
    await stack.stop();
    console.log('Stopped. Nothing is left running.');
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop());
  try {
    const { port, reset, home } = readArguments();
    stack = await launchStack({
      port,
      dataDir: home,
      fresh: reset,
      qemu: 'if-found',
      dev,
      quiet: false,
      signal: interruption.signal,
      say: (line) => console.log(`${seconds()}  ${line}`),
    });
    console.log(summary(stack));
  } catch (error) {
    if (error instanceof Interrupted) {
      console.log('Stopped. Nothing is left running.');
      process.exit(130);
    }
    console.error(`\n${inWords(error)}\n`);
    process.exit(1);
  }
}

class Interrupted extends Error {}

/** `--home` is for tests of the command itself. */
function readArguments(): { port: number; reset: boolean; home: string } {
  const { values } = parseArgs({
    strict: false,
    options: { port: { type: 'string' }, reset: { type: 'boolean' }, home: { type: 'string' } },
  });
  const port = values.port === undefined ? DEFAULT_PORT : Number(values.port);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new PlainError(`${String(values.port)} is not a port.`, 'For example: npm start -- --port 4001');
  const home = typeof values.home === 'string' ? path.resolve(values.home) : path.join(rootDir, '.porthole');
  return { port, reset: values.reset === true, home };
}

function inWords(error: unknown): string {
  if (error instanceof PlainError) return `${error.message}\n${error.wayOn}`;
  const words = error instanceof Error ? error.message : String(error);
  return `Porthole could not start: ${words}\nThe logs are in .porthole/logs. To start afresh: npm start -- --reset`;
}

function summary(stack: Stack): string {
  const people = DEMO_PEOPLE.filter((person) => person.tryAs !== null);
  const rows = people.map(({ email, tryAs }) => `    ${email.padEnd(26)} ${tryAs}`);
  const guest =
    stack.noGuestBecause === null
      ? 'web-01 is a real Linux machine in QEMU; the other guests are built in.'
      : `All guests are built in; there is no real Linux machine (${stack.noGuestBecause}).`;
  const [, spare] = stack.pools;
  const [toAdd] = spare.hosts;
  const { username, password } = stack.poolAccount;
  return `
  Porthole is at ${stack.origin}
  Its mails end at ${stack.mailbox}

  Sign in with the password ${DEMO_PASSWORD} as
${rows.join('\n')}

  ${guest}
  A pool that the operator can add: 127.0.0.1:${toAdd?.port}, account ${username}, password ${password},
  fingerprint ${toAdd?.fingerprint256.slice(0, 23)}…
  Logs: ${path.relative(rootDir, stack.logs)}   Ctrl-C stops everything   npm start -- --reset starts afresh
`;
}
