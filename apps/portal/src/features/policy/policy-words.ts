import { KEYBOARD_RULES } from '@porthole/relay-contract';
import type { PolicySetting } from '../../server/policy/policy.ts';
import { duration } from '../../ui/format-amount.ts';
import type { Words } from '../../words/use-words.ts';
import { CLIPBOARD_CHOICES, FACTOR_CHOICES, GLASS_CHOICES, SETTINGS } from './policy-draft.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const KIB = 1024;

/** A name that stands in the log, if it is a setting that this page knows. */
export function settingOf(name: unknown): PolicySetting | null {
  return SETTINGS.find((setting) => setting === name) ?? null;
}

/** A value of a setting as people say it; one that nobody knows any more as it is. */
export function valueWord(setting: PolicySetting, value: string | number, t: Words): string {
  if (setting === 'clipboard') {
    const way = CLIPBOARD_CHOICES.find((known) => known === value);
    return way === undefined ? String(value) : t(`policy.clipboard.${way}.label`);
  }
  if (setting === 'keyboard') {
    const rule = KEYBOARD_RULES.find((known) => known === value);
    return rule === undefined ? String(value) : t(`policy.keyboard.${rule}.label`);
  }
  if (setting === 'secondFactor') {
    const rule = FACTOR_CHOICES.find((known) => known === value);
    return rule === undefined ? String(value) : t(`policy.factor.${rule}.label`);
  }
  if (setting === 'breakGlass') {
    const rule = GLASS_CHOICES.find((known) => known === value);
    return rule === undefined ? String(value) : t(`policy.glass.${rule}.label`);
  }
  if (typeof value !== 'number') return value;
  if (setting === 'consoleFactorMaxAgeMs') return factorAgeWord(value, t);
  if (setting === 'scrollbackBytes') return bytesWord(value, t);
  return value === 0 ? t('policy.notKept') : spanWord(value, t);
}

/** `8 hours`, `90 minutes`, and what is neither with its seconds. */
export function spanWord(ms: number, t: Words): string {
  if (ms % HOUR_MS === 0) return t('policy.hours', { n: ms / HOUR_MS });
  return ms % MINUTE_MS === 0 ? t('policy.minutes', { n: ms / MINUTE_MS }) : duration(ms, t);
}

/** How old a second factor may be when a console opens. */
export function factorAgeWord(ms: number, t: Words): string {
  return ms === 0 ? t('policy.factor.age.any') : t('policy.factor.age.within', { time: spanWord(ms, t) });
}

export function bytesWord(bytes: number, t: Words): string {
  if (bytes === 0) return t('policy.nothing');
  return bytes % KIB === 0 ? t('policy.kib', { n: bytes / KIB }) : t('policy.bytes', { n: bytes });
}
