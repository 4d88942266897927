import { createTranslator } from 'use-intl/core';
import english from '../words/en.json' with { type: 'json' };
import type { MailKind, TakenMail } from './mail-queue.ts';

/** A mail as its reader gets it. */
export interface WrittenMail {
  subject: string;
  text: string;
  html: string;
}

/** One file for each language; a language without one reads English. */
const LANGUAGES: Record<string, typeof english> = { en: english };

/** A page that asks who comes: its address is no secret. The braces are names of the mail. */
const REQUEST = '/o/{slug}/requests/{request}';

/** Where the link of each kind leads; the secret follows in the fragment, which no server is ever sent. */
const PATHS: Record<MailKind, string> = {
  reset: '/reset',
  invitation: '/invitation',
  'email-confirm': '/confirm',
  'email-changed': '/sign-in',
  'password-changed': '/sign-in',
  'sign-up': '/sign-up',
  'request-asked': REQUEST,
  'request-answered': REQUEST,
  'glass-asked': REQUEST,
  'glass-broken': REQUEST,
  guest: '/door',
  'guest-code': '/door',
  'guest-waiting': '/organisations',
  'support-asked': '/o/{slug}/support',
  'support-entered': '/o/{slug}/support',
};

/**
 * Writes a mail: the same sentences as text and as a plain page.
 *
 * @param origin from this process's settings, never from anything that a browser sent
 */
export function writeMail(
  { kind, to, language, names, fragment, code }: Omit<TakenMail, 'id' | 'tries'>,
  origin: string,
): WrittenMail {
  const known = Object.hasOwn(LANGUAGES, language) ? language : 'en';
  const t = createTranslator({ locale: known, messages: LANGUAGES[known] ?? english });
  const values = {
    inviter: '',
    org: '',
    name: '',
    next: '',
    machine: '',
    until: '',
    ...oneLineEach(names),
    email: to,
    code: code === null ? '' : inFours(code.reveal()),
    host: new URL(origin).host,
  };
  const link = `${origin}${pathOf(kind, names)}${fragment === null ? '' : `#${fragment.reveal()}`}`;
  const opening = t(`${kind}.opening`, values);
  const act = t(`${kind}.act`);
  const rest = [t(`${kind}.life`, values), t(`${kind}.not-you`, values)];
  return {
    subject: t(`${kind}.subject`, values),
    text: `${opening}\n\n${act}:\n${link}\n\n${rest.join('\n\n')}\n`,
    html: page(known, [paragraph(opening), button(act, link), ...rest.map(paragraph)]),
  };
}

function pathOf(kind: MailKind, names: Record<string, string>): string {
  return PATHS[kind].replaceAll(/\{(\w+)\}/g, (_whole, name: string) =>
    encodeURIComponent(names[name] ?? ''),
  );
}

/** `4711 0815`: read off one screen and typed into another. */
function inFours(digits: string): string {
  return digits.replaceAll(/(.{4})(?=.)/g, '$1 ');
}

/** A name that people typed must not begin a line, let alone a header, of its own. */
function oneLineEach(names: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(names).map(([key, name]) => [key, name.replaceAll(/\p{C}+/gu, ' ').slice(0, 200)]),
  );
}

function page(language: string, parts: string[]): string {
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"></head><body style="font-family:system-ui,sans-serif;font-size:16px;line-height:1.5;max-width:34em;margin:2em auto;padding:0 1em">${parts.join('')}</body></html>`;
}

function paragraph(text: string): string {
  return `<p>${escaped(text)}</p>`;
}

function button(text: string, link: string): string {
  return `<p><a href="${escaped(link)}" style="display:inline-block;padding:.5em 1em;border-radius:6px;background:#0b5f8a;color:#fff;text-decoration:none">${escaped(text)}</a></p><p style="font-size:13px;overflow-wrap:anywhere">${escaped(link)}</p>`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
