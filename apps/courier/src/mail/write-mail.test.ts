import { Secret } from '@porthole/errors';
import { describe, expect, it } from 'vitest';
import { MAIL_KINDS } from './mail-queue.ts';
import { writeMail } from './write-mail.ts';

const ORIGIN = 'https://console.example';
const names = { inviter: 'Jon Weber', org: 'Acme', name: 'Mira Lang', next: 'mira@new.example' };
const fragment = new Secret('A'.repeat(64));
const mail = (over: object = {}) => ({
  kind: 'invitation' as const,
  to: 'mira@acme.example',
  language: 'en',
  names,
  fragment,
  code: null,
  ...over,
});

describe('a mail', () => {
  it.each(MAIL_KINDS)('of kind %s is whole sentences, as text and as a page alike', (kind) => {
    const { subject, text, html } = writeMail(mail({ kind }), ORIGIN);
    for (const said of [subject, text, html]) expect(said).not.toMatch(/[{}]|undefined|\.not-you|\.life/);
    expect(text).toContain('console.example');
    for (const line of text.split('\n').filter((one) => one !== '' && !one.startsWith(ORIGIN)))
      expect(html).toContain(line.replace(/:$/, ''));
  });

  it('carries its secret in the fragment of our own origin alone', () => {
    const { text, html, subject } = writeMail(mail(), ORIGIN);
    expect(text).toContain(`${ORIGIN}/invitation#${'A'.repeat(64)}\n`);
    expect(html).toContain(`href="${ORIGIN}/invitation#${'A'.repeat(64)}"`);
    expect(subject).not.toContain('AAAA');
  });

  it('leads to a request by its address alone, which is no secret and can be no other place', () => {
    const request = { kind: 'request-asked' as const, fragment: null };
    const { text } = writeMail(
      mail({ ...request, names: { ...names, slug: 'acme', request: 'r-1' } }),
      ORIGIN,
    );
    expect(text).toContain(`${ORIGIN}/o/acme/requests/r-1\n`);
    const odd = writeMail(mail({ ...request, names: { ...names, slug: '../x#', request: '?' } }), ORIGIN);
    expect(odd.text).toContain(`${ORIGIN}/o/..%2Fx%23/requests/%3F\n`);
  });

  it('takes names for text: no line, header or element of their own', () => {
    const org = '<img src=x>\r\nBcc: all@acme.example';
    const { subject, text, html } = writeMail(mail({ names: { ...names, org } }), ORIGIN);
    expect(subject).not.toMatch(/[\r\n]/);
    expect(text).not.toMatch(/^Bcc:/m);
    expect(html).not.toContain('<img');
    expect(html).toContain('&lt;img');
  });

  it('reads English where its language has no file', () => {
    expect(writeMail(mail({ language: 'xx' }), ORIGIN).subject).toBe('Jon Weber invites you to Acme');
    expect(writeMail(mail({ language: 'constructor' }), ORIGIN).subject).toBe(
      'Jon Weber invites you to Acme',
    );
  });
});
