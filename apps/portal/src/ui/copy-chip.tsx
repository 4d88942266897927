'use client';

import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { useWords } from '../words/use-words.ts';
import { classNames } from './class-names.ts';
import { useAnnounce } from './live-region.tsx';
import { middleCut } from './middle-cut.ts';

const COPIED_FOR_MS = 2_000;

interface CopyChipProps {
  value: string;
  /** Name for screen readers, for example "Address". */
  label: string;
  /** What stands on it, where that is not the value itself. */
  shown?: string | undefined;
  /** Cut in the middle beyond this many characters; whole on focus and hover. */
  max?: number;
  className?: string;
}

/** Mono, cut in the middle; a click copies and says so in place and aloud. */
export function CopyChip({ value, label, shown, max = 24, className }: CopyChipProps) {
  const t = useWords();
  const announce = useAnnounce();
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(value);
    setCopied(true);
    announce(t('app.copied'));
    setTimeout(() => setCopied(false), COPIED_FOR_MS);
  };
  const Icon = copied ? Check : Copy;
  return (
    <button
      type="button"
      title={value}
      aria-label={`${t('app.copy')} ${label}: ${value}`}
      onClick={() => void copy()}
      className={classNames(
        'press inline-flex min-h-6 max-w-full items-center gap-2 rounded-sm border px-2 font-mono text-ink-2 text-xs hover:bg-hover hover:text-ink',
        className,
      )}
    >
      <bdi translate="no" className="truncate">
        {copied ? t('app.copied') : (shown ?? middleCut(value, max))}
      </bdi>
      <Icon aria-hidden className="size-3 shrink-0" />
    </button>
  );
}
