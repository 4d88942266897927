import { SettingsError } from '@porthole/settings';
import { describe, expect, it } from 'vitest';
import { loadEnv } from './env.ts';

const complete = {
  PORTHOLE_DATABASE_URL: 'postgresql://porthole_worker@db/porthole',
  PORTHOLE_DATABASE_PASSWORD_FILE: '/run/secrets/db-worker',
  PORTHOLE_VAULT_KEY_FILE: '/run/secrets/vault-2.key, /run/secrets/vault-1.key',
  PORTHOLE_RELAY_PUBLIC_KEY_FILE: '/run/secrets/relay.pub',
};
const problemsOf = (source: NodeJS.ProcessEnv) => {
  try {
    loadEnv(source);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
};

describe('the environment', () => {
  it('is read once, with several vault keys', () => {
    expect(loadEnv(complete)).toMatchObject({
      vaultKeyFiles: ['/run/secrets/vault-2.key', '/run/secrets/vault-1.key'],
      demoEndpoints: [],
      logLevel: 'info',
    });
  });

  it('tells of every problem at once', () => {
    expect(problemsOf({})).toHaveLength(4);
  });

  it('has no loopback in production', () => {
    const source = { ...complete, PORTHOLE_DEMO_ENDPOINTS: '127.0.0.1:4310' };
    expect(loadEnv(source).demoEndpoints).toEqual(['127.0.0.1:4310']);
    const production = { ...source, NODE_ENV: 'production', PORTHOLE_PROFILE: 'production' };
    expect(problemsOf(production)).toEqual([expect.stringContaining('PORTHOLE_DEMO_ENDPOINTS')]);
  });

  it('takes ports that are ports', () => {
    expect(loadEnv({ ...complete, PORTHOLE_ALLOWED_PORTS: '443,8443' }).allowedPorts).toEqual([443, 8443]);
    expect(problemsOf({ ...complete, PORTHOLE_ALLOWED_PORTS: '0' })).toHaveLength(1);
  });
});
