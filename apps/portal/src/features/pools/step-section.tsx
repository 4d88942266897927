import type { ReactNode } from 'react';

/** A step that opens under the one before. */
export function StepSection({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="rise grid gap-4 border-t pt-6 first:border-t-0 first:pt-0">
      <h2 className="font-medium text-lg">{title}</h2>
      {children}
    </section>
  );
}
