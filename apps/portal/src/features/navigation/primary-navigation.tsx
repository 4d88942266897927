'use client';

import { Activity, HardDrive, Monitor, ScrollText, Users } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { classNames } from '../../ui/class-names.ts';
import { useWords } from '../../words/use-words.ts';
import type { Place } from './places.ts';

const ICONS = {
  machines: Monitor,
  people: Users,
  live: Activity,
  log: ScrollText,
  pools: HardDrive,
} as const;

interface NavigationProps {
  org: string;
  places: readonly Place[];
}

/** Left, 208 px, words with icons; a thin rail below 1024 px (design §2). */
export function SideNavigation({ org, places }: NavigationProps) {
  const t = useWords();
  const path = usePathname();
  return (
    <nav
      aria-label={t('nav.label')}
      className="sticky top-12 h-[calc(100dvh-3rem)] w-14 shrink-0 self-start border-e px-2 py-4 max-sm:hidden lg:w-52"
    >
      <ul className="grid gap-1">
        {places.map((place, index) => {
          const Icon = ICONS[place];
          const here = path.startsWith(`/o/${org}/${place}`);
          return (
            <li key={place}>
              <Link
                href={`/o/${org}/${place}`}
                aria-current={here ? 'page' : undefined}
                title={t(`nav.${place}`)}
                className={classNames(
                  'press flex min-h-(--control) items-center gap-3 rounded-md px-3 max-lg:justify-center max-lg:px-0',
                  here ? 'bg-picked text-ink' : 'text-ink-2 hover:bg-hover hover:text-ink',
                  index === 0 && 'font-medium',
                )}
              >
                <Icon aria-hidden className="size-4 shrink-0" />
                <span className="max-lg:sr-only">{t(`nav.${place}`)}</span>
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

/** A bar at the foot of a phone. */
export function BottomBar({ org, places }: NavigationProps) {
  const t = useWords();
  const path = usePathname();
  return (
    <nav
      aria-label={t('nav.label')}
      className="fixed inset-x-0 bottom-0 z-(--z-bar) border-t bg-surface pb-[env(safe-area-inset-bottom)] sm:hidden"
    >
      <ul className="flex h-14">
        {places.map((place) => {
          const Icon = ICONS[place];
          const here = path.startsWith(`/o/${org}/${place}`);
          return (
            <li key={place} className="flex-1">
              <Link
                href={`/o/${org}/${place}`}
                aria-current={here ? 'page' : undefined}
                className={classNames(
                  'flex h-full flex-col items-center justify-center gap-1 text-xs',
                  here ? 'font-medium text-link' : 'text-ink-2',
                )}
              >
                <Icon aria-hidden className="size-5" />
                {t(`nav.${place}`)}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
