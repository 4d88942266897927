import type { ConsoleKind } from '@porthole/relay-contract';
import type { Machine } from '../../server/machines/get-machine.ts';
import { shortTime } from '../../ui/format-time.ts';
import type { Words } from '../../words/use-words.ts';
import { openLocked } from '../locks/lock-words.ts';

export interface Hindrance {
  title: string;
  sentence: string;
  button: string;
  act: 'check' | 'other-kind' | 'machines' | 'lock';
}

/**
 * Why it makes no sense to ask for a console now, from what is known of the machine; null to go on. Whatever isn't
 * known for certain is left to the relay, which finds out.
 */
export function hindranceOf(machine: Machine, kind: ConsoleKind, t: Words): Hindrance | null {
  const name = machine.name;
  if (machine.isLocked)
    return {
      ...openLocked(machine.lock, name, t),
      button: t('open.locked.button'),
      act: 'lock',
    };
  if (!machine.rights.includes('look')) {
    const people = machine.access.sharers.join(', ');
    const names = people === '' ? 'none' : 'some';
    return {
      title: t('open.no-look.title'),
      sentence: t('open.no-look.sentence', { machine: name, names, people }),
      button: t('open.no-look.button'),
      act: 'machines',
    };
  }
  const choice = machine.consoles.find((console) => console.kind === kind);
  if (machine.unknownSince !== null || choice === undefined || choice.available) return null;
  const other = machine.consoles.some((console) => console.kind !== kind && console.available);
  switch (choice.reason) {
    case 'off':
      return machine.crashedAt === null
        ? words(t, 'guest.off', { machine: name, cause: 'rest' })
        : words(t, 'guest.crashed', { machine: name, time: shortTime(machine.crashedAt) });
    case 'suspended':
    case 'paused':
      return words(t, 'guest.paused', {
        machine: name,
        state: choice.reason,
      });
    case 'switched-off':
      return {
        title: t('guest.switched-off.title'),
        sentence: t('guest.switched-off.sentence', { machine: name, text: String(other) }),
        button: t('guest.switched-off.button', { text: String(other) }),
        act: other ? 'other-kind' : 'check',
      };
    case 'not-offered':
    case null: {
      const found = other ? (kind === 'screen' ? 'text' : 'screen') : 'none';
      return {
        title: t('guest.kinds.title', { machine: name, case: found }),
        sentence: t('guest.kinds.sentence', { case: found }),
        button: t('guest.kinds.button', { case: found }),
        act: other ? 'other-kind' : 'check',
      };
    }
  }
}

function words(
  t: Words,
  key: 'guest.off' | 'guest.crashed' | 'guest.paused',
  values: Record<string, string>,
): Hindrance {
  return {
    title: t(`${key}.title`, values),
    sentence: t(`${key}.sentence`, values),
    button: t(`${key}.button`),
    act: 'check',
  };
}
