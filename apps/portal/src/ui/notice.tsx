import type { ReactNode } from 'react';
import { CopyChip } from './copy-chip.tsx';

interface NoticeProps {
  title: string;
  sentence: string;
  /** Finds the entry in the log; always copies. */
  reference?: string | null | undefined;
  referenceLabel?: string | undefined;
  level?: 1 | 2;
  children?: ReactNode;
}

/** What happened, what it means, what now: in the place of the content (design §5). */
export function Notice({ title, sentence, reference, referenceLabel, level = 2, children }: NoticeProps) {
  const Heading = level === 1 ? 'h1' : 'h2';
  return (
    <section className="grid max-w-[68ch] justify-items-start gap-2 py-12">
      <Heading className={level === 1 ? 'font-semibold text-xl' : 'font-medium text-lg'}>{title}</Heading>
      <p className="text-ink-2">{sentence}</p>
      {children !== undefined && <div className="flex flex-wrap gap-2 pt-4">{children}</div>}
      {reference != null && reference !== '' && (
        <p className="pt-2 text-ink-2 text-xs">
          <CopyChip value={reference} label={referenceLabel ?? reference} shown={referenceLabel} />
        </p>
      )}
    </section>
  );
}
