import { type ChildProcess, fork } from 'node:child_process';
import { rootDir } from '../../../tools/stack/stack-paths.ts';

/** What a process of the benchmark can be asked for: each by its name, with one argument and one answer. */
export type Duties = Record<string, (argument: never) => unknown>;

type Asked<D extends Duties, N extends keyof D> = Parameters<D[N]>[0];
type Answer<D extends Duties, N extends keyof D> = Awaited<ReturnType<D[N]>>;

/** Nothing that is asked takes as long; a benchmark that stands still says where. */
const PATIENCE_MS = 180_000;

interface Question {
  readonly id: number;
  readonly duty: string;
  readonly argument: unknown;
}

interface Reply {
  readonly id: number;
  readonly answer?: unknown;
  readonly error?: string;
}

/** A process of its own, so that its CPU time is its own, asked over the channel that Node gives it. */
export class BenchProcess<D extends Duties> {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, { resolve(answer: unknown): void; reject(error: Error): void }>();
  #asked = 0;

  /** @param file a TypeScript file that calls `serveDuties` */
  constructor(file: string) {
    this.#child = fork(file, { cwd: rootDir, execArgv: ['--import', 'tsx'] });
    this.#child.on('message', (reply: Reply) => {
      const waiting = this.#waiting.get(reply.id);
      this.#waiting.delete(reply.id);
      if (reply.error === undefined) waiting?.resolve(reply.answer);
      else waiting?.reject(new Error(`${file}: ${reply.error}`));
    });
    this.#child.on('exit', (code) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`${file} ended with ${code}`));
    });
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  ask<N extends keyof D & string>(duty: N, argument: Asked<D, N>): Promise<Answer<D, N>> {
    this.#asked += 1;
    const question: Question = { id: this.#asked, duty, argument };
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no answer to ${duty}`)), PATIENCE_MS).unref();
      const settle = (act: () => void) => {
        clearTimeout(timer);
        act();
      };
      this.#waiting.set(question.id, {
        resolve: (answer) => settle(() => resolve(answer as Answer<D, N>)),
        reject: (error) => settle(() => reject(error)),
      });
      this.#child.send(question);
    });
  }

  stop(): void {
    this.#waiting.clear();
    this.#child.kill('SIGKILL');
  }
}

/** The other half: answers what it is asked, and ends with whoever started it. */
export function serveDuties<D extends Duties>(duties: D): void {
  const reply = (message: Reply) => process.send?.(message);
  process.on('message', ({ id, duty, argument }: Question) => {
    Promise.resolve()
      .then(() => duties[duty]?.(argument as never))
      .then(
        (answer) => reply({ id, answer }),
        (error: unknown) =>
          reply({ id, error: error instanceof Error ? (error.stack ?? '') : String(error) }),
      );
  });
  process.on('disconnect', () => process.exit(0));
}
