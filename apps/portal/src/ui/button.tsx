'use client';

import { cva, type VariantProps } from 'class-variance-authority';
import { LoaderCircle } from 'lucide-react';
import { type ButtonHTMLAttributes, type MouseEvent, type ReactNode, type Ref, useId } from 'react';
import { classNames } from './class-names.ts';
import { Reason } from './reason.tsx';

const look = cva(
  'press relative inline-flex min-h-(--control) shrink-0 select-none items-center justify-center gap-2 rounded-md px-3 font-medium text-base whitespace-nowrap aria-disabled:opacity-100',
  {
    variants: {
      kind: {
        primary:
          'bg-accent text-on-accent hover:bg-accent-hover aria-disabled:bg-sunken aria-disabled:text-ink-3 aria-disabled:outline-1 aria-disabled:outline-line aria-disabled:hover:bg-sunken',
        plain:
          'border border-edge! bg-surface text-ink hover:bg-hover aria-disabled:border-line! aria-disabled:text-ink-3 aria-disabled:hover:bg-surface',
        quiet:
          'border border-transparent! text-link hover:bg-hover hover:border-line! aria-disabled:text-ink-3 aria-disabled:hover:bg-transparent aria-disabled:hover:border-transparent!',
        danger:
          'bg-danger text-on-danger hover:opacity-90 aria-disabled:bg-sunken aria-disabled:text-ink-3 aria-disabled:hover:opacity-100',
      },
      size: { normal: '', small: 'px-2 text-sm', icon: 'aspect-square px-0' },
    },
    defaultVariants: { kind: 'plain', size: 'normal' },
  },
);

export interface ButtonProps
  extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'disabled'>,
    VariantProps<typeof look> {
  /** Why it can't be pressed now; its presence is what disables the button, so no reason can be missing. */
  reason?: string | null | undefined;
  /** What it says while it works; keeps its width. */
  busy?: string | null | undefined;
  children: ReactNode;
  ref?: Ref<HTMLButtonElement> | undefined;
}

/** A verb and its object. Disabled it stays focusable and says why on focus, hover and tap (design §4). */
export function Button({ kind, size, reason, busy, className, children, onClick, ...rest }: ButtonProps) {
  const id = useId();
  const inert = reason != null || busy != null;
  const press = (event: MouseEvent<HTMLButtonElement>) => {
    if (inert) event.preventDefault();
    else onClick?.(event);
  };
  const button = (
    <button
      type="button"
      {...rest}
      onClick={press}
      aria-disabled={inert || undefined}
      aria-busy={busy != null || undefined}
      aria-describedby={reason != null ? `${id}-reason` : rest['aria-describedby']}
      className={classNames(look({ kind, size }), className)}
    >
      {busy == null ? (
        children
      ) : (
        <>
          <span className="invisible contents">
            <LoaderCircle aria-hidden className="turning size-4" />
          </span>
          <span>{busy}</span>
        </>
      )}
    </button>
  );
  if (reason == null) return button;
  return (
    <Reason id={`${id}-reason`} text={reason}>
      {button}
    </Reason>
  );
}
