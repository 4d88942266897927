'use client';

import { DoorOpen, Eye, Keyboard, LifeBuoy } from 'lucide-react';
import { Caption } from './caption.tsx';
import { classNames } from './class-names.ts';

/** More than four become "+3". */
const SHOWN = 4;

export interface Present {
  id: string;
  name: string;
  typing: boolean;
  /** Came by a guest link: the door is their mark unless they type. */
  guest?: boolean;
  /** Of the provider's support: the buoy is their mark unless they type. */
  support?: boolean;
  /** The name in words, with what they do. */
  words: string;
}

/** Initials with an eye or a keyboard; typing first, then as they came; nobody is left out (design §4). */
export function Presence({ label, people }: { label: string; people: readonly Present[] }) {
  const sorted = [...people].sort((a, b) => Number(b.typing) - Number(a.typing));
  const rest = sorted.slice(SHOWN);
  if (people.length === 0) return null;
  return (
    <ul aria-label={label} className="flex items-center gap-1">
      {sorted.slice(0, SHOWN).map((person) => (
        <li key={person.id}>
          <Disc person={person} />
        </li>
      ))}
      {rest.length > 0 && (
        <li>
          <Caption text={rest.map((person) => person.words).join(', ')}>
            <button type="button" className="tabular rounded-full px-1 text-ink-2 text-xs">
              {`+${rest.length}`}
            </button>
          </Caption>
        </li>
      )}
    </ul>
  );
}

function Disc({ person }: { person: Present }) {
  const Watching = person.support === true ? LifeBuoy : person.guest === true ? DoorOpen : Eye;
  const Mark = person.typing ? Keyboard : Watching;
  return (
    <Caption text={person.words}>
      <button
        type="button"
        className="relative grid size-7 cursor-default place-items-center rounded-full bg-picked font-medium text-ink text-xs"
      >
        <bdi translate="no" aria-hidden>
          {initials(person.name)}
        </bdi>
        <span className="sr-only">{person.words}</span>
        <span
          className={classNames(
            'absolute -end-1 -bottom-1 grid size-4 place-items-center rounded-full border bg-surface',
            person.typing ? 'text-accent' : 'text-ink-2',
          )}
        >
          <Mark aria-hidden className="size-2.5" />
        </span>
      </button>
    </Caption>
  );
}

/** First letters of the first and the last word. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const first = words[0]?.[0] ?? '';
  const last = words.length > 1 ? (words.at(-1)?.[0] ?? '') : '';
  return `${first}${last}`.toUpperCase();
}
