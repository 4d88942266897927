import { clockTime, shortTime } from '../../ui/format-time.ts';
import type { BadgeShape, BadgeTone } from '../../ui/state-badge.tsx';
import type { Words } from '../../words/use-words.ts';

/** What one reads of a machine's state; also the words of the filter and of the address. */
export const STATE_KEYS = ['running', 'busy', 'paused', 'suspended', 'off', 'crashed', 'unknown'] as const;
export type StateKey = (typeof STATE_KEYS)[number];

export const POWER_STATE_KEYS = {
  Running: 'running',
  Paused: 'paused',
  Suspended: 'suspended',
  Halted: 'off',
} as const satisfies Record<string, StateKey>;

export interface MachineCondition {
  powerState: keyof typeof POWER_STATE_KEYS;
  operation: string | null;
  crashedAt: Date | null;
  unknownSince: Date | null;
}

export interface StateLook {
  shape: BadgeShape;
  tone: BadgeTone;
}

/** Shapes and colours of design §3. */
export const STATE_LOOKS: Record<StateKey, StateLook> = {
  running: { shape: 'disc', tone: 'good' },
  paused: { shape: 'bars', tone: 'warn' },
  suspended: { shape: 'moon', tone: 'rest' },
  off: { shape: 'ring', tone: 'quiet' },
  busy: { shape: 'arc', tone: 'link' },
  crashed: { shape: 'triangle', tone: 'bad' },
  unknown: { shape: 'dashed', tone: 'faint' },
};

/** What holds now: not being heard of hides the rest, an operation hides the state it leaves. */
export function stateKeyOf(machine: MachineCondition): StateKey {
  if (machine.unknownSince !== null) return 'unknown';
  if (machine.operation !== null) return 'busy';
  if (machine.crashedAt !== null && machine.powerState === 'Halted') return 'crashed';
  return POWER_STATE_KEYS[machine.powerState];
}

/** The word beside the shape. */
export function stateWord(machine: MachineCondition, t: Words): string {
  const key = stateKeyOf(machine);
  if (key === 'busy') return t('state.busy', { operation: machine.operation ?? '' });
  if (key === 'unknown')
    return t('state.unknown', { time: machine.unknownSince === null ? '' : clockTime(machine.unknownSince) });
  return t(`state.${key}`);
}

/** The second line while a pool doesn't answer: what was last known. */
export function lastKnown(machine: MachineCondition, t: Words): string | null {
  if (machine.unknownSince === null) return null;
  return t('state.lastKnown', { state: t(`state.${POWER_STATE_KEYS[machine.powerState]}`) });
}

/** `since 3 May, 14:02`. */
export function sinceWord(date: Date | null, t: Words): string | null {
  return date === null ? null : t('machine.since', { time: shortTime(date) });
}
