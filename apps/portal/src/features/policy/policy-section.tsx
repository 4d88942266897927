import type { ReactNode } from 'react';

export const SECTIONS = ['copy', 'keyboard', 'times', 'text', 'factor', 'emergency', 'networks'] as const;
export type Section = (typeof SECTIONS)[number];

/** A part of the policy, with an address of its own behind the `#`. */
export function PolicySection({ id, title, children }: { id: Section; title: string; children: ReactNode }) {
  return (
    <section
      id={id}
      aria-labelledby={`${id}-title`}
      className="grid scroll-mt-16 gap-4 border-t py-6 first:border-t-0 first:pt-0"
    >
      <h2 id={`${id}-title`} className="font-medium text-lg">
        {title}
      </h2>
      {children}
    </section>
  );
}
