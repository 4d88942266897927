import type { Role } from '../pool-options.ts';
import { newRef } from './values.ts';

export interface Session {
  readonly ref: string;
  readonly userName: string;
  readonly role: Role;
  readonly originator: string;
  /** The local root account, whose sessions share buckets by originator; others have one a user name (xenapi.md §2.2). */
  readonly isLocalRoot: boolean;
  readonly openedAt: number;
  lastActive: number;
}

/** xenapi.md §2.2: the most sessions of a group; the oldest go first. */
export const MAX_SESSIONS_PER_ORIGINATOR = 500;
export const MAX_SESSIONS_WITHOUT_ORIGINATOR = 400;
/** xenapi.md §2.2: a session unused for 24 hours is destroyed. */
export const IDLE_LIMIT_MS = 24 * 3600 * 1000;
/** xenapi.md §2.2: last_active is refreshed at most every ten minutes. */
const REFRESH_MS = 10 * 60 * 1000;

/** The pool's sessions, shared by all its hosts and both wires. */
export class Sessions {
  private readonly open = new Map<string, Session>();
  /** How many tasks of a session are unfinished: such a session is spared (xenapi.md §2.2). */
  private readonly tasks = new Map<string, number>();
  private readonly waiters = new Set<() => void>();

  constructor(private readonly now: () => number) {}

  login(userName: string, role: Role, originator: string, isLocalRoot = true): Session {
    const now = this.now();
    const session = {
      ref: newRef(),
      userName,
      role,
      originator,
      isLocalRoot,
      openedAt: now,
      lastActive: now,
    };
    this.open.set(session.ref, session);
    this.collect(session, now);
    return session;
  }

  find(ref: string): Session | null {
    const session = this.open.get(ref);
    if (!session) return null;
    const now = this.now();
    if (now - session.lastActive > IDLE_LIMIT_MS) {
      this.end(ref);
      return null;
    }
    if (now - session.lastActive > REFRESH_MS) session.lastActive = now;
    return session;
  }

  /** A task of the session began; the answer ends it. */
  beginTask(ref: string): () => void {
    this.tasks.set(ref, (this.tasks.get(ref) ?? 0) + 1);
    return () => {
      const left = (this.tasks.get(ref) ?? 1) - 1;
      if (left > 0) this.tasks.set(ref, left);
      else this.tasks.delete(ref);
    };
  }

  end(ref: string): void {
    if (this.open.delete(ref)) this.wake();
  }

  endAll(): void {
    this.open.clear();
    this.wake();
  }

  get count(): number {
    return this.open.size;
  }

  /** Calls back whenever sessions end: a blocked event.from has to notice (xenapi.md §5). */
  onEnd(waiter: () => void): () => void {
    this.waiters.add(waiter);
    return () => this.waiters.delete(waiter);
  }

  /** The map keeps its order of insertion, so the first of a group is its oldest. */
  private collect(newest: Session, now: number): void {
    const bucket = bucketOf(newest);
    const limit = bucket === 'root' ? MAX_SESSIONS_WITHOUT_ORIGINATOR : MAX_SESSIONS_PER_ORIGINATOR;
    const group = [...this.open.values()].filter((session) => bucketOf(session) === bucket);
    const idle = group.filter((session) => now - session.lastActive > IDLE_LIMIT_MS);
    const sparable = group.filter((session) => !this.tasks.has(session.ref));
    const surplus = Math.max(0, group.length - limit);
    for (const session of [...idle, ...sparable.slice(0, surplus)]) this.end(session.ref);
  }

  private wake(): void {
    for (const waiter of [...this.waiters]) waiter();
  }
}

/** xenapi.md §2.2: who shares a limit: root by originator, root without one, and every other user by name. */
function bucketOf({ isLocalRoot, originator, userName }: Session): string {
  if (!isLocalRoot) return `user ${userName}`;
  return originator === '' ? 'root' : `root ${originator}`;
}
