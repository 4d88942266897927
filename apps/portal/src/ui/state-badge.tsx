import { Circle, CircleDashed, LoaderCircle, Moon, Pause, TriangleAlert } from 'lucide-react';
import { classNames } from './class-names.ts';

export type BadgeShape = 'disc' | 'bars' | 'moon' | 'ring' | 'arc' | 'triangle' | 'dashed';
export type BadgeTone = 'good' | 'warn' | 'rest' | 'quiet' | 'link' | 'bad' | 'faint';

const SHAPES = {
  bars: Pause,
  moon: Moon,
  ring: Circle,
  arc: LoaderCircle,
  triangle: TriangleAlert,
  dashed: CircleDashed,
} as const;

const TONES: Record<BadgeTone, string> = {
  good: 'text-good',
  warn: 'text-warn',
  rest: 'text-rest',
  quiet: 'text-ink-2',
  link: 'text-link',
  bad: 'text-bad',
  faint: 'text-ink-3',
};

interface StateBadgeProps {
  shape: BadgeShape;
  tone: BadgeTone;
  word: string;
  className?: string;
}

/** Shape and word together, never colour alone (design §3). */
export function StateBadge({ shape, tone, word, className }: StateBadgeProps) {
  return (
    <span className={classNames('inline-flex min-w-0 items-center gap-2', TONES[tone], className)}>
      <Shape shape={shape} />
      <span className="truncate text-ink">{word}</span>
    </span>
  );
}

function Shape({ shape }: { shape: BadgeShape }) {
  if (shape === 'disc')
    return <span aria-hidden className="m-0.5 size-2.5 shrink-0 rounded-full bg-current" />;
  const Icon = SHAPES[shape];
  return (
    <Icon
      aria-hidden
      strokeWidth={2.25}
      fill={shape === 'bars' || shape === 'moon' ? 'currentColor' : 'none'}
      className={classNames('size-3.5 shrink-0', shape === 'arc' && 'turning')}
    />
  );
}
