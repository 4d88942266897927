import { describe, expect, it } from 'vitest';
import { loadEnv } from './env.ts';

const whole = {
  PORTHOLE_PROFILE: 'production',
  PORTHOLE_ORIGIN: 'https://console.example',
  PORTHOLE_DATABASE_URL: 'postgresql://porthole_courier@127.0.0.1/porthole',
  PORTHOLE_DATABASE_PASSWORD_FILE: '/run/secrets/db-courier',
  PORTHOLE_SMTP_HOST: 'smtp.example',
  PORTHOLE_MAIL_FROM: 'Porthole <porthole@console.example>',
};

describe('the settings of the courier', () => {
  it('are taken as they are when complete, with TLS asked for', () => {
    expect(loadEnv(whole).smtp).toEqual({
      host: 'smtp.example',
      port: 587,
      tls: 'starttls',
      user: null,
      passwordFile: null,
      caFile: null,
    });
  });

  it('name every problem at once', () => {
    expect(() => loadEnv({})).toThrow(/ORIGIN[\s\S]*DATABASE_URL[\s\S]*SMTP_HOST[\s\S]*MAIL_FROM/);
  });

  it.each([
    [{ PORTHOLE_SMTP_USER: 'u' }, 'both or neither'],
    [{ PORTHOLE_SMTP_TLS: 'none' }, 'refused in production'],
    [
      {
        PORTHOLE_PROFILE: 'demo',
        PORTHOLE_SMTP_TLS: 'none',
        PORTHOLE_SMTP_USER: 'u',
        PORTHOLE_SMTP_PASSWORD_FILE: 'f',
      },
      'don’t go together',
    ],
    [{ PORTHOLE_MAIL_FROM: 'a@b.example\r\nBcc: c@d.example' }, 'PORTHOLE_MAIL_FROM'],
  ])('refuse %o', (over, words) => {
    expect(() => loadEnv({ ...whole, ...over })).toThrow(words);
  });
});
