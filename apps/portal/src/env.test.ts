import { describe, expect, it } from 'vitest';
import { loadEnv } from './env.ts';

const whole = {
  PORTHOLE_ORIGIN: 'http://localhost:4400',
  PORTHOLE_DATABASE_URL: 'postgresql://porthole_portal@127.0.0.1:5432/porthole',
  PORTHOLE_DATABASE_PASSWORD_FILE: '/run/secrets/db-portal',
  PORTHOLE_VAULT_PUBLIC_KEY_FILE: '/run/secrets/vault.pub',
  PORTHOLE_FACTOR_KEY_FILE: '/run/secrets/factor.key',
};

describe('the settings of the portal', () => {
  it('are taken as they are when complete', () => {
    expect(loadEnv(whole)).toMatchObject({ origin: 'http://localhost:4400', logLevel: 'info' });
  });

  it('name every problem at once', () => {
    expect(() => loadEnv({ PORTHOLE_ORIGIN: 'https://a.example/path' })).toThrow(
      /PORTHOLE_ORIGIN: is not an origin[\s\S]*PORTHOLE_DATABASE_URL[\s\S]*PASSWORD_FILE[\s\S]*VAULT_PUBLIC_KEY_FILE[\s\S]*FACTOR_KEY_FILE/,
    );
  });

  it.each([
    'https://a.example/',
    'a.example',
    'ftp://a.example',
    'https://A.example',
    'https://a.example:443',
    'https://u@a.example',
  ])('refuse %s as an origin, which no browser would send', (origin) => {
    expect(() => loadEnv({ ...whole, PORTHOLE_ORIGIN: origin })).toThrow('PORTHOLE_ORIGIN');
  });
});
