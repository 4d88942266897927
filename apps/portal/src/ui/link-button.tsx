'use client';

import Link from 'next/link';
import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';

interface LinkButtonProps {
  href: string;
  kind?: 'primary' | 'plain' | 'quiet';
  size?: 'normal' | 'small';
  label?: string | undefined;
  className?: string;
  onIntent?: (() => void) | undefined;
  children: ReactNode;
}

const KINDS = {
  primary: 'bg-accent text-on-accent hover:bg-accent-hover',
  plain: 'border border-edge! bg-surface text-ink hover:bg-hover',
  quiet: 'border border-transparent! text-link hover:border-line! hover:bg-hover',
} as const;

const nothing = () => undefined;

/** Looks like a button and goes somewhere. */
export function LinkButton({
  href,
  kind = 'plain',
  size = 'normal',
  label,
  className,
  onIntent = nothing,
  children,
}: LinkButtonProps) {
  return (
    <Link
      href={href}
      aria-label={label}
      onMouseEnter={onIntent}
      onFocus={onIntent}
      className={classNames(
        'press inline-flex min-h-(--control) shrink-0 items-center justify-center gap-2 rounded-md font-medium whitespace-nowrap',
        size === 'small' ? 'px-2 text-sm' : 'px-3 text-base',
        KINDS[kind],
        className,
      )}
    >
      {children}
    </Link>
  );
}
