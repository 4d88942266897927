import type { ReactNode } from 'react';

/** A `dl`: label 160 px, long values break anywhere. */
export function KeyValues({ children }: { children: ReactNode }) {
  return (
    <dl className="grid grid-cols-1 gap-x-4 gap-y-3 text-sm sm:grid-cols-[160px_minmax(0,1fr)]">
      {children}
    </dl>
  );
}

export function KeyValue({ label, children }: { label: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-2 max-sm:-mb-2">{label}</dt>
      <dd className="min-w-0 [overflow-wrap:anywhere]">{children}</dd>
    </>
  );
}
