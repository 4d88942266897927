'use client';

import { cva, type VariantProps } from 'class-variance-authority';
import { LoaderCircle } from 'lucide-react';
import { type ButtonHTMLAttributes, type MouseEvent, type ReactNode, type Ref, useId } from 'react';
import { classNames } from './class-names.ts';
import { Reason } from './reason.tsx';
import { useHydrated } from './use-hydrated.ts';

const look = cva(
  'press relative inline-flex shrink-0 select-none items-center justify-center gap-2 rounded-md font-medium whitespace-nowrap',
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
      size: {
        normal: 'min-h-(--control) px-3 text-base',
        small: 'min-h-(--control) px-2 text-sm',
        /** In the console's bar of 44 px. */
        bar: 'min-h-8 px-3 text-base',
        icon: 'aspect-square min-h-(--control) text-base',
      },
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

/**
 * A verb and its object. Disabled it stays focusable and says why on focus, hover and tap (design §4). One that submits a form
 * can't be pressed before the page's scripts are there: the browser would send the form itself, secrets in the address.
 */
export function Button({ kind, size, reason, busy, className, children, onClick, ...rest }: ButtonProps) {
  const id = useId();
  const isHydrated = useHydrated();
  const inert = reason != null || busy != null;
  const press = (event: MouseEvent<HTMLButtonElement>) => {
    if (inert) event.preventDefault();
    else onClick?.(event);
  };
  const button = (
    <button
      type="button"
      {...rest}
      disabled={rest.type === 'submit' && !isHydrated}
      onClick={press}
      aria-disabled={inert || undefined}
      aria-busy={busy != null || undefined}
      aria-describedby={reason != null ? `${id}-reason` : rest['aria-describedby']}
      className={classNames(look({ kind, size }), className)}
    >
      {busy == null ? (
        children
      ) : (
        <span className="grid">
          <span aria-hidden className="invisible col-start-1 row-start-1">
            {children}
          </span>
          <span className="col-start-1 row-start-1 flex items-center justify-center gap-2">
            <LoaderCircle aria-hidden className="turning size-4" />
            {busy}
          </span>
        </span>
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
