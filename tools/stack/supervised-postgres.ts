import { setTimeout as wait } from 'node:timers/promises';
import { type PostgresOptions, type RunningPostgres, startPostgres } from '../postgres/embedded-postgres.ts';

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 15_000;

export interface PostgresEvents {
  pid(pid: number | null): void;
  say(line: string): void;
}

/** The database, started again on the same port when it falls: the apps wait for it there. */
export class SupervisedPostgres {
  private readonly options: PostgresOptions;
  private readonly events: PostgresEvents;
  private running: RunningPostgres | null = null;
  private stopping = false;

  constructor(options: PostgresOptions, events: PostgresEvents) {
    this.options = options;
    this.events = events;
  }

  /** @returns the superuser's connection string */
  async start(): Promise<string> {
    const running = await this.launch(this.options);
    return running.superuserUrl;
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.running?.stop();
    this.events.pid(null);
  }

  private async launch(options: PostgresOptions): Promise<RunningPostgres> {
    const running = await startPostgres(options);
    this.running = running;
    this.events.pid(running.pid);
    void running.ended.then((words) => this.onEnd(words, running.port));
    return running;
  }

  private async onEnd(words: string, port: number): Promise<void> {
    if (this.stopping) return;
    this.events.pid(null);
    this.events.say('PostgreSQL ended; it is started again. Its last words:');
    for (const line of words.split('\n').slice(-4)) this.events.say(`    ${line}`);
    for (let delayMs = FIRST_DELAY_MS; !this.stopping; delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS)) {
      await wait(delayMs);
      if (this.stopping) return;
      try {
        await this.launch({ ...this.options, port });
        this.events.say('PostgreSQL is up again');
        return;
      } catch (error) {
        this.events.say(
          `PostgreSQL does not start: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
    }
  }
}
