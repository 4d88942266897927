'use client';

import { Tooltip } from 'radix-ui';
import type { ReactNode } from 'react';
import { usePortalHost } from './portal-host.tsx';

/** A name for an icon without room for its word; nothing that must be known lives here alone. */
export function Caption({ text, children }: { text: string; children: ReactNode }) {
  const host = usePortalHost();
  return (
    <Tooltip.Provider delayDuration={400}>
      <Tooltip.Root>
        <Tooltip.Trigger asChild>{children}</Tooltip.Trigger>
        <Tooltip.Portal container={host}>
          <Tooltip.Content
            sideOffset={6}
            collisionPadding={8}
            className="fade z-(--z-menu) max-w-72 rounded-sm border bg-surface px-2 py-1 text-ink text-xs shadow-1"
          >
            {text}
          </Tooltip.Content>
        </Tooltip.Portal>
      </Tooltip.Root>
    </Tooltip.Provider>
  );
}
