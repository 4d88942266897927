import type { Tx } from '@porthole/db';
import type { Adapter, DatabaseSession, DatabaseUser } from 'lucia';
import { digestOf } from './bearer.ts';
import { ABSOLUTE_LIFE_MS, isAlive } from './session-life.ts';

/** What Lucia carries for us beside its own fields. */
export interface SessionAttributes {
  /** Public id of the row; null only before the row exists. */
  handle: string | null;
  binderHash: Uint8Array<ArrayBuffer>;
  createdAt: Date;
  lastInputAt: Date;
  ip: string | null;
  userAgent: string | null;
  factorAt: Date | null;
  confirmedAt: Date | null;
}

export interface UserAttributes {
  name: string;
  email: string;
}

const sessionFields = {
  id: true,
  binderHash: true,
  personId: true,
  createdAt: true,
  lastInputAt: true,
  expiresAt: true,
  ip: true,
  userAgent: true,
  factorAt: true,
  confirmedAt: true,
} as const;

/**
 * Lucia's storage on our `login_session`, inside one transaction. Only the digest of a bearer is stored or looked
 * up; the plain id goes back to Lucia, which hands it in again (stack.md §7). Idle and absolute life are decided
 * here: a session that ran out is deleted, and the deletion bumps the person's epoch, which closes live consoles.
 */
export class SessionAdapter implements Adapter {
  constructor(
    private readonly tx: Tx,
    private readonly clock: () => Date,
  ) {}

  async getSessionAndUser(bearer: string): Promise<[DatabaseSession | null, DatabaseUser | null]> {
    const row = await this.tx.loginSession.findUnique({
      where: { digest: digestOf(bearer) },
      select: {
        ...sessionFields,
        person: { select: { id: true, name: true, email: true, disabledAt: true } },
      },
    });
    if (row === null) return [null, null];
    if (!isAlive(row, this.clock()) || row.person.disabledAt !== null) {
      await this.deleteSession(bearer);
      return [null, null];
    }
    const { person, id: handle, personId, expiresAt, ...rest } = row;
    return [
      { id: bearer, userId: personId, expiresAt, attributes: { handle, ...rest } },
      { id: person.id, attributes: { name: person.name, email: person.email } },
    ];
  }

  /** Lucia knows sessions by bearer, and the table has none to give: who wants a list uses `listSessions`. */
  async getUserSessions(): Promise<DatabaseSession[]> {
    return [];
  }

  async setSession({ id, userId, attributes }: DatabaseSession): Promise<void> {
    const { binderHash, createdAt, lastInputAt, ip, userAgent, factorAt, confirmedAt } = attributes;
    await this.tx.loginSession.create({
      data: {
        digest: digestOf(id),
        personId: userId,
        binderHash,
        createdAt,
        lastInputAt,
        ip,
        userAgent,
        factorAt,
        confirmedAt,
        expiresAt: new Date(createdAt.getTime() + ABSOLUTE_LIFE_MS),
      },
      select: { id: true },
    });
  }

  /** Lucia extends a session past its half; ours ends 12 hours after it began, so the later date is not taken. */
  async updateSessionExpiration(): Promise<void> {
    await Promise.resolve();
  }

  async deleteSession(bearer: string): Promise<void> {
    await this.tx.loginSession.deleteMany({ where: { digest: digestOf(bearer) } });
  }

  async deleteUserSessions(personId: string): Promise<void> {
    await this.tx.loginSession.deleteMany({ where: { personId } });
  }

  async deleteExpiredSessions(): Promise<void> {
    await this.tx.loginSession.deleteMany({ where: { expiresAt: { lte: this.clock() } } });
  }
}
