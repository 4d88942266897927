'use client';

import { CONSOLE_KINDS, type ConsoleKind } from '@porthole/relay-contract';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useId } from 'react';
import type { Machine } from '../../server/machines/get-machine.ts';
import { classNames } from '../../ui/class-names.ts';
import { MenuItem } from '../../ui/menu.tsx';
import { Reason } from '../../ui/reason.tsx';
import { useWords } from '../../words/use-words.ts';
import { noConsoleWord } from '../machines/no-console-word.ts';
import { consoleAddress } from './open-console-button.tsx';

interface KindSwitchProps {
  org: string;
  machine: Machine;
  kind: ConsoleKind;
  lookOnly: boolean;
}

/** Screen or Text; what isn't offered says why. */
export function KindSwitch({ org, machine, kind, lookOnly }: KindSwitchProps) {
  const t = useWords();
  const id = useId();
  return (
    <nav aria-label={t('console.kindLabel')} className="flex gap-1">
      {CONSOLE_KINDS.map((other) => {
        const choice = machine.consoles.find((candidate) => candidate.kind === other);
        const here = other === kind;
        const look = 'press inline-flex min-h-8 items-center rounded-md px-2 text-sm';
        if (!here && choice?.available === false && choice.reason !== null) {
          const reason = t('machine.notOffered', { reason: noConsoleWord(choice.reason, t) });
          return (
            <Reason key={other} id={`${id}-${other}`} text={reason}>
              <button
                type="button"
                aria-disabled
                aria-describedby={`${id}-${other}`}
                className={classNames(look, 'text-ink-3')}
              >
                {t(`console.${other}`)}
              </button>
            </Reason>
          );
        }
        return (
          <Link
            key={other}
            href={consoleAddress(org, machine.id, other, lookOnly)}
            aria-current={here ? 'page' : undefined}
            className={classNames(
              look,
              here ? 'bg-picked font-medium text-ink' : 'text-ink-2 hover:bg-hover hover:text-ink',
            )}
          >
            {t(`console.${other}`)}
          </Link>
        );
      })}
    </nav>
  );
}

/** The other kind as a line of a menu. */
export function KindItems({ org, machine, kind, lookOnly }: KindSwitchProps) {
  const t = useWords();
  const router = useRouter();
  const other = kind === 'screen' ? 'text' : 'screen';
  const choice = machine.consoles.find((candidate) => candidate.kind === other);
  const reason =
    choice?.available === false && choice.reason !== null
      ? t('machine.notOffered', { reason: noConsoleWord(choice.reason, t) })
      : null;
  return (
    <MenuItem reason={reason} onSelect={() => router.push(consoleAddress(org, machine.id, other, lookOnly))}>
      {t(other === 'screen' ? 'machine.openScreen' : 'machine.openText')}
    </MenuItem>
  );
}
