'use client';

import { useEffect, useState } from 'react';
import { duration } from '../../ui/format-amount.ts';
import { exactTime } from '../../ui/format-time.ts';
import { useWords } from '../../words/use-words.ts';

const SECOND_MS = 1_000;

/** How long something has lasted, counting; it alone is drawn anew each second, not the row around it. */
export function RunningTime({ since }: { since: Date }) {
  const t = useWords();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), SECOND_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <time dateTime={since.toISOString()} title={exactTime(since)}>
      {duration(Math.max(0, now - since.getTime()), t)}
    </time>
  );
}
