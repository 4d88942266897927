'use client';

import { type ReactNode, useEffect, useState } from 'react';

/** Not before 100 ms, so that a fast answer shows no skeleton at all (design §4). */
const SKELETON_AFTER_MS = 100;

/** The shape of what comes, without shimmer. */
export function Skeleton({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), SKELETON_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div aria-hidden className={shown ? 'fade' : 'invisible'}>
      {children}
    </div>
  );
}

/** Rows of a list while they load. */
export function SkeletonRows({ rows, columns }: { rows: number; columns: readonly string[] }) {
  return (
    <Skeleton>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows have no identity but their place
        <div key={row} className="flex h-(--row) items-center gap-4 border-b px-3">
          {columns.map((width, column) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: as above
            <Bar key={column} width={width} />
          ))}
        </div>
      ))}
    </Skeleton>
  );
}

export function Bar({ width }: { width: string }) {
  return <span className="block h-3 rounded-sm bg-sunken" style={{ width }} />;
}
