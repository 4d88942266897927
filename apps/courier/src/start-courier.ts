import { type DbOptions, listen } from '@porthole/db';
import { codeOf } from '@porthole/errors';
import type { Logger } from '@porthole/logger';
import { judgeFailure } from './mail/judge-failure.ts';
import type { MailQueue, TakenMail } from './mail/mail-queue.ts';
import type { PostBox } from './mail/post-box.ts';
import { writeMail } from './mail/write-mail.ts';

/** The poll behind the hint, in milliseconds: a mail that nobody announced waits this long at most. */
export const POLL_MS = 5_000;
/** Mails that one courier has in hand at once. */
export const AT_ONCE = 4;
const TIDY_EVERY_MS = 3_600_000;
/** A line now and then, so that silence means something. */
const ALIVE_EVERY_MS = 30_000;

export interface CourierDeps {
  queue: Pick<MailQueue, 'take' | 'sent' | 'notSent' | 'tidy'>;
  postBox: PostBox;
  database: DbOptions;
  origin: string;
  log: Logger;
  pollMs?: number;
}

export interface Courier {
  /** Takes nothing more and waits for what is in hand. */
  stop(): Promise<void>;
}

/** Sends what is queued, each mail at least once, a few at a time, for as long as it runs. Any number may run at once. */
export function startCourier({
  queue,
  postBox,
  database,
  origin,
  log,
  pollMs = POLL_MS,
}: CourierDeps): Courier {
  let isStopping = false;
  let inHand = 0;
  const working = new Set<Promise<void>>();
  const fill = () => {
    while (!isStopping && inHand < AT_ONCE) {
      inHand += 1;
      const turn = carryAll().finally(() => {
        inHand -= 1;
        working.delete(turn);
      });
      working.add(turn);
    }
  };
  const listener = listen({ ...database, channels: ['mail'], onNotify: fill, onGap: fill });
  const timers = [
    setInterval(fill, pollMs),
    setInterval(() => void tidy(), TIDY_EVERY_MS),
    setInterval(() => log.info({ inHand }, 'alive'), ALIVE_EVERY_MS),
  ];
  fill();
  void tidy();
  return {
    async stop() {
      isStopping = true;
      for (const timer of timers) clearInterval(timer);
      await listener.close();
      await Promise.all(working);
    },
  };

  /** One after the other until nothing is due. */
  async function carryAll(): Promise<void> {
    try {
      for (let mail = await queue.take(); mail !== null; mail = isStopping ? null : await queue.take())
        await carry(mail);
    } catch (err) {
      log.warn({ err }, 'the queue of mails can’t be reached; it will be tried again');
    }
  }

  async function carry(mail: TakenMail): Promise<void> {
    const { id, kind, tries } = mail;
    try {
      await postBox.post(mail.to, writeMail(mail, origin));
    } catch (err) {
      const { failure, isFinal } = judgeFailure(err);
      const nextAt = await queue.notSent(id, failure, isFinal);
      const line = { mailId: id, kind, tries, failure, nextAt, err, code: codeOf(err) };
      if (nextAt === null) log.error(line, 'a mail couldn’t be sent');
      else log.warn(line, 'a mail wasn’t sent; it will be tried again');
      return;
    }
    // The server has it: if this doesn't reach the database, another courier sends it once more, with a link as good.
    const isNoted = await queue.sent(id);
    log.info({ mailId: id, kind, tries, isNoted }, 'a mail was sent');
  }

  async function tidy(): Promise<void> {
    try {
      await queue.tidy();
    } catch (err) {
      log.warn({ err }, 'tidying up failed; it will be tried again');
    }
  }
}
