import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';

/** One line under the header for what touches the whole page; gone when it stops being true. */
export function Banner({ children, action }: { children: ReactNode; action?: ReactNode }) {
  const line = (
    <p role="status" className="flex min-w-0 flex-1 items-center gap-3 max-sm:basis-full max-sm:items-start">
      <TriangleAlert aria-hidden className="size-4 shrink-0 max-sm:mt-0.5" />
      <span>{children}</span>
    </p>
  );
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-1 bg-warn-soft px-4 py-2 text-sm text-warn">
      {line}
      {action}
    </div>
  );
}
