import type { Db, Tx } from '@porthole/db';
import { ABSOLUTE_LIFE_MS, INPUT_WRITE_EVERY_MS, isAlive } from './session-life.ts';

interface Deps {
  clock: () => Date;
}

/** One signed-in browser of a person. */
export interface SessionRow {
  id: string;
  createdAt: Date;
  lastInputAt: Date;
  endsAt: Date;
  ip: string | null;
  userAgent: string | null;
}

/** The living sessions of a person, the newest first. */
export async function listSessions(tx: Tx, deps: Deps, personId: string): Promise<SessionRow[]> {
  const rows = await tx.loginSession.findMany({
    where: { personId },
    select: {
      id: true,
      createdAt: true,
      lastInputAt: true,
      expiresAt: true,
      ip: true,
      userAgent: true,
    },
    orderBy: { createdAt: 'desc' },
    take: 100,
  });
  const now = deps.clock();
  return rows
    .filter((row) => isAlive(row, now))
    .map(({ expiresAt: _, ...row }) => ({
      ...row,
      endsAt: new Date(row.createdAt.getTime() + ABSOLUTE_LIFE_MS),
    }));
}

/**
 * Ends one session of the person by its public handle. A trigger bumps the person's epoch with it, so consoles that
 * were opened from that browser close within two seconds.
 *
 * @returns whether there was such a session of this person
 */
export async function endSession(tx: Tx, personId: string, handle: string): Promise<boolean> {
  const { count } = await tx.loginSession.deleteMany({ where: { id: handle, personId } });
  return count > 0;
}

/** Notes an act or typed input, at most once a minute; polls and event streams never call this. */
export async function touchInput(
  deps: Deps & { db: Pick<Db, 'withoutTenant'> },
  session: { id: string; lastInputAt: Date },
): Promise<void> {
  const now = deps.clock();
  const due = new Date(now.getTime() - INPUT_WRITE_EVERY_MS);
  if (session.lastInputAt > due) return;
  await deps.db.withoutTenant((tx) =>
    tx.loginSession.updateMany({
      where: { id: session.id, lastInputAt: { lte: due } },
      data: { lastInputAt: now },
    }),
  );
}
