'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { type KeyboardEvent, useRef } from 'react';
import { classNames } from './class-names.ts';

export interface Tab {
  href: string;
  label: string;
}

/** Tabs are routes: each has its address; arrows move between them (design §4). */
export function Tabs({ label, tabs }: { label: string; tabs: readonly Tab[] }) {
  const path = usePathname();
  const list = useRef<HTMLElement>(null);
  const move = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    const links = [...(list.current?.querySelectorAll('a') ?? [])];
    const here = links.findIndex((link) => link.matches(':focus'));
    links[(here + step + links.length) % links.length]?.focus();
  };
  return (
    <nav
      ref={list}
      aria-label={label}
      onKeyDown={move}
      className="flex gap-4 overflow-x-auto max-sm:gap-3 border-b"
    >
      {tabs.map((tab) => {
        const here = path === tab.href;
        return (
          <Link
            key={tab.href}
            href={tab.href}
            aria-current={here ? 'page' : undefined}
            className={classNames(
              '-mb-px press flex min-h-(--control) items-center border-b-2 whitespace-nowrap hover:text-ink',
              here ? 'border-accent! font-medium text-ink' : 'border-transparent! text-ink-2',
            )}
          >
            {tab.label}
          </Link>
        );
      })}
    </nav>
  );
}
