'use client';

import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { useWords } from '../words/use-words.ts';
import { classNames } from './class-names.ts';
import { firstField, focusFirstWrong, useLayerFocus } from './layer-focus.ts';
import { usePortalHost } from './portal-host.tsx';

interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: ReactNode;
  description?: ReactNode;
  /** `dialog` stands in the middle; `sheet` comes from the end side, 480 px; both fill a phone. */
  form?: 'dialog' | 'sheet';
  children: ReactNode;
  className?: string;
}

/**
 * One layer over the page; it never opens another. It starts in its first field; Esc and Back close it, and focus returns to its
 * opener.
 */
export function Dialog({
  open,
  onClose,
  title,
  description,
  form = 'dialog',
  children,
  className,
}: DialogProps) {
  const t = useWords();
  const host = usePortalHost();
  const focus = useLayerFocus(firstField);
  return (
    <Radix.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Radix.Portal container={host}>
        <Radix.Overlay className="fade fixed inset-0 z-(--z-sheet) bg-[oklch(0_0_0/.4)]" />
        <Radix.Content
          {...(description === undefined ? { 'aria-describedby': undefined } : {})}
          {...focus}
          onEscapeKeyDown={(event) => {
            if (document.activeElement?.matches('[role="combobox"][aria-expanded="true"]') === true)
              event.preventDefault(); // The list under the field is the layer that Esc closes first.
          }}
          className={classNames(
            'fixed z-(--z-dialog) flex flex-col overflow-hidden border bg-surface text-ink shadow-2 outline-none',
            form === 'sheet'
              ? 'slide inset-y-0 end-0 w-full sm:w-[480px] sm:rounded-s-lg'
              : 'rise inset-x-0 bottom-0 max-h-dvh rounded-t-lg max-sm:h-dvh max-sm:rounded-none sm:inset-x-auto sm:start-1/2 sm:top-[8vh] sm:bottom-auto sm:max-h-[84vh] sm:w-[520px] sm:-translate-x-1/2 sm:rounded-lg rtl:sm:translate-x-1/2',
            className,
          )}
        >
          <header className="flex items-start gap-4 border-b px-6 py-4">
            <div className="grid flex-1 gap-1">
              <Radix.Title className="font-semibold text-lg [overflow-wrap:anywhere]">{title}</Radix.Title>
              {description !== undefined && (
                <Radix.Description className="text-ink-2 text-sm">{description}</Radix.Description>
              )}
            </div>
            <Radix.Close
              aria-label={t('app.close')}
              className="press -me-2 -mt-1 grid size-(--control) shrink-0 place-items-center rounded-md text-ink-2 hover:bg-hover hover:text-ink"
            >
              <X aria-hidden className="size-4" />
            </Radix.Close>
          </header>
          <div
            onSubmit={focusFirstWrong}
            className="min-h-0 flex-1 overflow-y-auto overscroll-contain px-6 py-6"
          >
            {children}
          </div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/**
 * The row of buttons at a dialog's foot.
 *
 * @param above what is read before one presses, always in view
 */
export function DialogActions({ children, above }: { children: ReactNode; above?: ReactNode }) {
  return (
    <div className="sticky -bottom-6 -mx-6 -mb-6 grid gap-4 border-t bg-surface px-6 py-4">
      {above}
      <div className="flex flex-wrap justify-end gap-2">{children}</div>
    </div>
  );
}
