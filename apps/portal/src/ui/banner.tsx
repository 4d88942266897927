import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';

/** One line under the header for what touches the whole page; gone when it stops being true. */
export function Banner({ children }: { children: ReactNode }) {
  return (
    <p role="status" className="flex items-center gap-3 bg-warn-soft px-4 py-2 text-sm text-warn">
      <TriangleAlert aria-hidden className="size-4 shrink-0" />
      <span>{children}</span>
    </p>
  );
}
