'use client';

import {
  Activity,
  Building2,
  Ellipsis,
  HardDrive,
  Inbox,
  KeyRound,
  LifeBuoy,
  Monitor,
  ScrollText,
  SlidersHorizontal,
  Users,
} from 'lucide-react';
import Link from 'next/link';
import { usePathname, useRouter } from 'next/navigation';
import { classNames } from '../../ui/class-names.ts';
import { Menu, MenuItem } from '../../ui/menu.tsx';
import { useWords } from '../../words/use-words.ts';
import { WaitingBadge } from '../requests/waiting-badge.tsx';
import type { Place } from './places.ts';

const ICONS = {
  machines: Monitor,
  requests: Inbox,
  people: Users,
  access: KeyRound,
  live: Activity,
  log: ScrollText,
  pools: HardDrive,
  policy: SlidersHorizontal,
  organisations: Building2,
  support: LifeBuoy,
} as const;

/** Pages that belong to another's entry. */
const UNDER: Partial<Record<Place, readonly string[]>> = {
  people: ['invitations'],
  policy: ['settings', 'support'],
};

/** Whether the address is a page of the place. */
function isAt(path: string, org: string, place: Place): boolean {
  return [place, ...(UNDER[place] ?? [])].some((page) => path.startsWith(`/o/${org}/${page}`));
}

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
          const here = isAt(path, org, place);
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
                {place === 'requests' && <WaitingBadge org={org} className="max-lg:-ms-3 lg:ms-auto" />}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

/** Of more than five pages a phone shows four and, behind "More", the others (design §2). */
const MOST_IN_BAR = 5;

const BAR_ENTRY = 'flex h-full w-full flex-col items-center justify-center gap-1 text-xs';

/** A bar at the foot of a phone. */
export function BottomBar({ org, places }: NavigationProps) {
  const t = useWords();
  const path = usePathname();
  const shown = places.length > MOST_IN_BAR ? places.slice(0, MOST_IN_BAR - 1) : places;
  const isHere = (place: Place) => isAt(path, org, place);
  return (
    <nav
      aria-label={t('nav.label')}
      className="fixed inset-x-0 bottom-0 z-(--z-bar) border-t bg-surface pb-[env(safe-area-inset-bottom)] sm:hidden"
    >
      <ul className="flex h-14">
        {shown.map((place) => {
          const Icon = ICONS[place];
          return (
            <li key={place} className="flex-1">
              <Link
                href={`/o/${org}/${place}`}
                aria-current={isHere(place) ? 'page' : undefined}
                className={classNames(BAR_ENTRY, isHere(place) ? 'font-medium text-link' : 'text-ink-2')}
              >
                <span className="flex items-start">
                  <Icon aria-hidden className="size-5" />
                  {place === 'requests' && <WaitingBadge org={org} className="-ms-1 -mt-1" />}
                </span>
                {t(`nav.${place}`)}
              </Link>
            </li>
          );
        })}
        {shown.length < places.length && (
          <li className="flex-1">
            <MorePlaces org={org} places={places.slice(shown.length)} here={places.find(isHere)} />
          </li>
        )}
      </ul>
    </nav>
  );
}

function MorePlaces({ org, places, here }: NavigationProps & { here: Place | undefined }) {
  const t = useWords();
  const router = useRouter();
  const isHere = here !== undefined && places.includes(here);
  return (
    <Menu
      align="end"
      trigger={
        <button
          type="button"
          aria-current={isHere ? 'page' : undefined}
          className={classNames(BAR_ENTRY, isHere ? 'font-medium text-link' : 'text-ink-2')}
        >
          <Ellipsis aria-hidden className="size-5" />
          {t('nav.more')}
        </button>
      }
    >
      {places.map((place) => (
        <MenuItem key={place} onSelect={() => router.push(`/o/${org}/${place}`)}>
          {t(`nav.${place}`)}
        </MenuItem>
      ))}
    </Menu>
  );
}
