import { CAUSES, CHECK_STEPS, REMEDIES } from '@porthole/check-contract';
import { createTranslator, IntlErrorCode } from 'use-intl/core';
import { describe, expect, it } from 'vitest';
import words from './en.json' with { type: 'json' };

/** Never said (design §7, "Voice" and "Glossary"). */
const BANNED =
  /\b(please|sorry|oops|invalid|illegal|forbidden|success\w*|simply|cannot|halted|tenant|workspace|ticket \w+ (?:was|is)|log in|login|VNC|RFB|vt100|VM|VMs|hash|ban|permission)\b|!|\betc\b/i;
const OPENS_BADLY = /^(error|failed)/i;
const TITLE_WORDS = 8;

function messagesOf(value: object, path: string): [string, string][] {
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    const here = path === '' ? key : `${path}.${key}`;
    if (typeof inner === 'string') return [[here, inner] as [string, string]];
    return typeof inner === 'object' && inner !== null ? messagesOf(inner, here) : [];
  });
}

/** Without the selectors of the message format: they are code, not words. */
function spoken(message: string): string {
  return message.replace(/[=\w]+ (?=\{)/g, '').replace(/\{\w+(, \w+,)?/g, '');
}

const messages = messagesOf(words, '');
/** Shapes that people type or read as they are. */
const NAMES_OF_THINGS = new Set([
  'addPool.userHint',
  'pools.none.sentence',
  'host.403.sentence',
  'pool.role.sentence',
  'power.end.pool.sentence',
  'pools.role.root',
  'pools.role.rootSentence',
  'pools.role.low.sentence',
  'checks.remedy.give-role',
  'checks.remedy.lesser-account',
]);

describe('the catalogue', () => {
  it('says nothing that we don’t say', () => {
    const offending = messages.filter(([key, message]) => {
      const said = spoken(NAMES_OF_THINGS.has(key) ? message.replace('vm-operator', '') : message);
      return BANNED.test(said) || OPENS_BADLY.test(said);
    });
    expect(offending).toEqual([]);
  });

  it('writes apostrophes as letters, since the plain one is a quote of the message format', () => {
    expect(messages.filter(([, message]) => message.includes("'"))).toEqual([]);
  });

  it('keeps titles short and without a full stop', () => {
    const titles = messages.filter(([key, message]) => key.endsWith('.title') && !message.includes('{'));
    for (const [key, title] of titles) {
      expect(title, key).not.toMatch(/\.$/);
      expect(title.split(' ').length, key).toBeLessThanOrEqual(TITLE_WORDS);
    }
  });

  it('parses every message', () => {
    const broken: string[] = [];
    const t = createTranslator({
      locale: 'en',
      messages: words,
      onError: (error) => {
        if (error.code === IntlErrorCode.INVALID_MESSAGE || error.code === IntlErrorCode.INVALID_KEY)
          broken.push(error.message);
      },
    });
    // The type of a key is the catalogue's own; here every path of it is tried.
    for (const [key] of messages) Reflect.apply(t, undefined, [key]);
    expect(broken).toEqual([]);
  });
});

describe('what a check says', () => {
  it('has words for every cause, remedy and step, and for nothing else', () => {
    const { cause, remedy, name } = words.checks;
    expect(Object.keys(cause).sort()).toEqual(Object.keys(CAUSES).sort());
    expect(Object.keys(remedy).sort()).toEqual([...REMEDIES].sort());
    expect(Object.keys(name).sort()).toEqual([...CHECK_STEPS].sort());
  });

  it('names no remedy that no cause has', () => {
    expect(new Set<string>(Object.values(CAUSES))).toEqual(new Set<string>(REMEDIES));
  });
});
