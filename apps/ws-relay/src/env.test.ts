import { SettingsError } from '@porthole/settings';
import { describe, expect, it } from 'vitest';
import { loadEnv } from './env.ts';

const complete = {
  PORTHOLE_RELAY_ID: 'relay-1',
  PORTHOLE_PORT: '4200',
  PORTHOLE_ORIGIN: 'http://localhost:4300, https://porthole.example',
  PORTHOLE_DATABASE_URL: 'postgresql://porthole_relay@127.0.0.1/porthole',
  PORTHOLE_DATABASE_PASSWORD_FILE: '/run/secrets/db-relay',
  PORTHOLE_RELAY_KEY_FILE: '/run/secrets/relay.key',
  PORTHOLE_JOURNAL_DIR: '/var/lib/porthole',
};

function problemsOf(source: NodeJS.ProcessEnv): readonly string[] {
  try {
    loadEnv(source);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
}

describe('the environment of the relay', () => {
  it('reads lists and durations', () => {
    const env = loadEnv({ ...complete, PORTHOLE_DRAIN_SECONDS: '5', PORTHOLE_ALLOWED_PORTS: '443,8443' });
    expect(env.allowedPorts).toEqual([443, 8443]);
    expect(env.origins).toEqual(['http://localhost:4300', 'https://porthole.example']);
    expect(env.drainMs).toBe(5_000);
  });

  it('reads the bound of its memory, and leaves it to the machine where there is none', () => {
    expect(loadEnv(complete).memoryLimitBytes).toBeNull();
    expect(loadEnv({ ...complete, PORTHOLE_MEMORY_LIMIT_MIB: '512' }).memoryLimitBytes).toBe(536_870_912);
    expect(problemsOf({ ...complete, PORTHOLE_MEMORY_LIMIT_MIB: '1' })).toHaveLength(1);
  });

  it('reads the pace of a console in megabytes', () => {
    expect(loadEnv(complete).consoleBytesPerSecond).toBe(20_000_000);
    expect(loadEnv({ ...complete, PORTHOLE_CONSOLE_MB_PER_SECOND: '2.5' }).consoleBytesPerSecond).toBe(
      2_500_000,
    );
    expect(problemsOf({ ...complete, PORTHOLE_CONSOLE_MB_PER_SECOND: '0' })).toHaveLength(1);
  });

  it('lists every problem at once', () => {
    const problems = problemsOf({ PORTHOLE_PORT: 'x', PORTHOLE_ORIGIN: 'https://a.example/path' });
    for (const key of ['RELAY_ID', 'PORT', 'ORIGIN', 'DATABASE_URL', 'RELAY_KEY_FILE', 'JOURNAL_DIR'])
      expect(problems.some((problem) => problem.startsWith(`PORTHOLE_${key}:`))).toBe(true);
  });

  it('refuses the demo’s loopback endpoints in production', () => {
    const problems = problemsOf({
      ...complete,
      NODE_ENV: 'production',
      PORTHOLE_PROFILE: 'production',
      PORTHOLE_DEMO_ENDPOINTS: '127.0.0.1:4443',
    });
    expect(problems).toEqual([expect.stringContaining('PORTHOLE_DEMO_ENDPOINTS')]);
  });
});
