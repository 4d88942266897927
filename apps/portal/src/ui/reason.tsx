'use client';

import { Tooltip } from 'radix-ui';
import { type ReactNode, useState } from 'react';
import { usePortalHost } from './portal-host.tsx';

/** The reason of a disabled control, shown on focus, hover and tap, and read by screen readers. */
export function Reason({ id, text, children }: { id: string; text: string; children: ReactNode }) {
  const [open, setOpen] = useState(false);
  const host = usePortalHost();
  return (
    <Tooltip.Provider delayDuration={150}>
      <Tooltip.Root open={open} onOpenChange={setOpen}>
        <Tooltip.Trigger asChild onClick={() => setOpen(true)}>
          {children}
        </Tooltip.Trigger>
        <span id={id} hidden>
          {text}
        </span>
        <Tooltip.Portal container={host}>
          <Tooltip.Content
            sideOffset={6}
            collisionPadding={8}
            className="fade z-(--z-menu) max-w-72 rounded-md border bg-surface px-3 py-2 text-ink text-sm shadow-1"
          >
            {text}
          </Tooltip.Content>
        </Tooltip.Portal>
      </Tooltip.Root>
    </Tooltip.Provider>
  );
}
