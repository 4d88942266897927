import type { ReactNode } from 'react';

/** One sentence why it is empty, and one action that fills it; no picture (design §4). */
export function EmptyState({
  title,
  sentence,
  children,
}: {
  title: string;
  sentence: string;
  children?: ReactNode;
}) {
  return (
    <div className="grid max-w-[68ch] justify-items-start gap-2 py-12">
      <h2 className="font-medium text-lg">{title}</h2>
      <p className="text-ink-2">{sentence}</p>
      {children !== undefined && <div className="pt-2">{children}</div>}
    </div>
  );
}
