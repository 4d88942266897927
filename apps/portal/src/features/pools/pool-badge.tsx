'use client';

import type { PoolState } from '../../server/pools/pool.ts';
import { type BadgeShape, type BadgeTone, StateBadge } from '../../ui/state-badge.tsx';
import { useWords } from '../../words/use-words.ts';

const LOOKS: Record<PoolState, { shape: BadgeShape; tone: BadgeTone }> = {
  new: { shape: 'arc', tone: 'link' },
  connected: { shape: 'disc', tone: 'good' },
  unreachable: { shape: 'dashed', tone: 'warn' },
  untrusted: { shape: 'triangle', tone: 'bad' },
  refused: { shape: 'triangle', tone: 'bad' },
  paused: { shape: 'bars', tone: 'warn' },
};

/** The state of a pool, shape and word. */
export function PoolBadge({ state }: { state: PoolState }) {
  const t = useWords();
  return <StateBadge {...LOOKS[state]} word={t(`pools.states.${state}`)} />;
}
