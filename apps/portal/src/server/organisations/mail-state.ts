import type { Actor } from '../actor.ts';
import type { Deps } from '../deps-type.ts';
import { assertProvider } from './provider-organisations.ts';

/** How the sending of mails goes, for the provider: numbers and kinds, no address and no name. */
export interface MailState {
  /** Wait to be sent, and since when the oldest of them does. */
  waiting: number;
  waitingSince: Date | null;
  /** Why the newest that was tried and waits again was not sent: a code of ours. */
  held: string | null;
  /** Ended unsent within the last week, the newest first. */
  unsent: { id: string; kind: string; failure: string; at: Date }[];
}

const SHOWN = 20;

/**
 * Whether mails go out. What is unsent stands here for a week.
 *
 * @throws ForbiddenError `rbac/forbidden`
 */
export async function readMailState({ db }: Pick<Deps, 'db'>, actor: Actor): Promise<MailState> {
  return db.withTenant(actor.tenantId, async (tx) => {
    await assertProvider(tx, actor);
    const open = { sentAt: null, failedAt: null };
    const waiting = await tx.mail.count({ where: open });
    const oldest = await tx.mail.findFirst({
      where: open,
      select: { createdAt: true },
      orderBy: { createdAt: 'asc' },
    });
    const held = await tx.mail.findFirst({
      where: { ...open, failure: { not: null } },
      select: { failure: true },
      orderBy: { createdAt: 'desc' },
    });
    // A link that ended before its mail went is no fault of anybody's.
    const unsent = await tx.mail.findMany({
      where: { failedAt: { not: null }, failure: { not: 'mail/too-late' } },
      select: { id: true, kind: true, failure: true, failedAt: true },
      orderBy: { failedAt: 'desc' },
      take: SHOWN,
    });
    return {
      waiting,
      waitingSince: oldest?.createdAt ?? null,
      held: held?.failure ?? null,
      unsent: unsent.flatMap(({ id, kind, failure, failedAt }) =>
        failure === null || failedAt === null ? [] : [{ id, kind, failure, at: failedAt }],
      ),
    };
  });
}
