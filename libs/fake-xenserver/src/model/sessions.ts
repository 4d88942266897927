import type { Role } from '../pool-options.ts';
import { newRef } from './values.ts';

export interface Session {
  readonly ref: string;
  readonly userName: string;
  readonly role: Role;
  readonly originator: string;
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
  private readonly waiters = new Set<() => void>();

  constructor(private readonly now: () => number) {}

  login(userName: string, role: Role, originator: string): Session {
    const now = this.now();
    const session = { ref: newRef(), userName, role, originator, lastActive: now };
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
    const limit = newest.originator === '' ? MAX_SESSIONS_WITHOUT_ORIGINATOR : MAX_SESSIONS_PER_ORIGINATOR;
    const group = [...this.open.values()].filter(
      (session) => session.originator === newest.originator && session.userName === newest.userName,
    );
    const idle = group.filter((session) => now - session.lastActive > IDLE_LIMIT_MS);
    for (const session of [...idle, ...group.slice(0, Math.max(0, group.length - limit))])
      this.end(session.ref);
  }

  private wake(): void {
    for (const waiter of [...this.waiters]) waiter();
  }
}
