import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { makeTestCertificate } from '../../libs/egress/src/test-certificates.ts';
import { bundleRelay } from './contestants/bundle-relay.ts';
import type { ConsoleKind, Contestant, ContestantName, Host } from './contestants/contestant.ts';
import { startFloor } from './contestants/floor.ts';
import { type Porthole, startPorthole } from './contestants/porthole.ts';
import { startWebsockify } from './contestants/websockify.ts';
import { startWsPipe } from './contestants/ws-pipe.ts';
import type { LoadDuties } from './load/load-process.ts';
import type { Way } from './load/viewer.ts';
import type { OriginDuties, Source } from './origin/origin-process.ts';
import { BenchProcess } from './process/child-process.ts';

/** One contestant with one kind of bytes: Porthole walks what a screen says, and has a lane for each of its encodings. */
export interface Lane {
  readonly name: LaneName;
  readonly contestant: Contestant;
  readonly kind: ConsoleKind;
  readonly source: Source;
}

export const LANES = {
  floor: { contestant: 'floor', kind: 'text', source: 'text' },
  websockify: { contestant: 'websockify', kind: 'text', source: 'text' },
  'ws-pipe': { contestant: 'ws-pipe', kind: 'text', source: 'text' },
  porthole: { contestant: 'porthole', kind: 'text', source: 'text' },
  'porthole raw': { contestant: 'porthole', kind: 'screen', source: 'raw' },
  'porthole hextile': { contestant: 'porthole', kind: 'screen', source: 'hextile' },
  'porthole tight': { contestant: 'porthole', kind: 'screen', source: 'tight' },
} as const satisfies Record<string, { contestant: ContestantName; kind: ConsoleKind; source: Source }>;
export type LaneName = keyof typeof LANES;

export interface StageOptions {
  readonly contestants: readonly ContestantName[];
  readonly ungathered: boolean;
}

/** Most that Porthole keeps back of a rectangle whose end has not come, in bytes. */
const KEPT_BACK_BYTES = 16_384;

/** What a viewer has for certain once the host has sent so many bytes. */
export function surelyReceived({ kind }: Pick<Lane, 'kind'>, bytes: number): number {
  return kind === 'screen' ? bytes - KEPT_BACK_BYTES : bytes;
}

/** Host, people and contestants, all running and each in its own process. */
export class Stage {
  readonly origin: BenchProcess<OriginDuties>;
  /** The people who are measured, and those who are only there. */
  readonly load: BenchProcess<LoadDuties>;
  readonly crowd: BenchProcess<LoadDuties>;
  readonly lanes: Lane[] = [];
  readonly #host: Host;
  readonly #bundle: string;
  readonly #contestants = new Set<Contestant>();

  private constructor(
    origin: BenchProcess<OriginDuties>,
    load: BenchProcess<LoadDuties>,
    crowd: BenchProcess<LoadDuties>,
    host: Host,
    bundle: string,
  ) {
    this.origin = origin;
    this.load = load;
    this.crowd = crowd;
    this.#host = host;
    this.#bundle = bundle;
  }

  static async set({ contestants, ungathered }: StageOptions): Promise<Stage> {
    // However the benchmark is ended, its processes end with it (contestants/contestant.ts).
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
      process.once(signal, () => process.exit(1));
    const start = <D extends OriginDuties | LoadDuties>(file: string) =>
      new BenchProcess<D>(path.join(import.meta.dirname, file));
    const origin = start<OriginDuties>('origin/origin-process.ts');
    const certificate = makeTestCertificate({ commonName: 'host.bench.invalid' });
    const port = await origin.ask('listen', { ...certificate, oldTls: false });
    const oldTlsPort = await origin.ask('listen', { ...certificate, oldTls: true });
    const folder = mkdtempSync(path.join(os.tmpdir(), 'porthole-bench-relay-'));
    const stage = new Stage(
      origin,
      start<LoadDuties>('load/load-process.ts'),
      start<LoadDuties>('load/load-process.ts'),
      { ...certificate, port, oldTlsPort, folder },
      await bundleRelay({ ungathered }),
    );
    for (const name of contestants) {
      const contestant = await stage.start(name);
      for (const lane of laneNames())
        if (LANES[lane].contestant === name)
          stage.lanes.push({ name: lane, contestant, ...pick(LANES[lane]) });
    }
    return stage;
  }

  /** One more of a kind, fresh: what a process held before would hide what it holds now. */
  async start(name: ContestantName): Promise<Contestant> {
    const contestant = await this.#start(name);
    this.#contestants.add(contestant);
    return contestant;
  }

  async startPorthole(): Promise<Porthole> {
    const porthole = await startPorthole(this.#host, this.#bundle);
    this.#contestants.add(porthole);
    return porthole;
  }

  async end(contestant: Contestant): Promise<void> {
    this.#contestants.delete(contestant);
    await contestant.stop();
  }

  /** Opens so many consoles in a lane, does the work, and closes them. */
  async atConsoles<T>(
    { contestant, kind }: Pick<Lane, 'contestant' | 'kind'>,
    count: number,
    work: (open: OpenConsoles) => Promise<T>,
    load: BenchProcess<LoadDuties> = this.load,
  ): Promise<T> {
    const open = await this.open({ contestant, kind }, count, load);
    try {
      return await work(open);
    } finally {
      await load.ask('close', open.ids);
    }
  }

  async open(
    { contestant, kind }: Pick<Lane, 'contestant' | 'kind'>,
    count: number,
    load: BenchProcess<LoadDuties> = this.load,
  ): Promise<OpenConsoles> {
    const ways = await contestant.ways(count, kind);
    await load.ask('open', { ways, atOnce: OPEN_AT_ONCE });
    return openConsoles(ways);
  }

  async stop(): Promise<void> {
    for (const process of [this.load, this.crowd, this.origin]) process.stop();
    for (const contestant of this.#contestants) await contestant.stop();
    rmSync(this.#host.folder, { recursive: true, force: true });
  }

  #start(name: ContestantName): Promise<Contestant> {
    if (name === 'floor') return startFloor(this.#host);
    if (name === 'websockify') return startWebsockify(this.#host);
    if (name === 'ws-pipe') return startWsPipe(this.#host);
    return startPorthole(this.#host, this.#bundle);
  }
}

const OPEN_AT_ONCE = 8;

export interface OpenConsoles {
  /** Of the viewers. */
  readonly ids: readonly string[];
  /** As the host knows them. */
  readonly consoles: readonly string[];
}

export function openConsoles(ways: readonly Way[]): OpenConsoles {
  return { ids: ways.map(({ id }) => id), consoles: ways.map(({ console }) => console) };
}

export function laneNames(): LaneName[] {
  return Object.keys(LANES).filter((name): name is LaneName => Object.hasOwn(LANES, name));
}

function pick({ kind, source }: Pick<Lane, 'kind' | 'source'>): Pick<Lane, 'kind' | 'source'> {
  return { kind, source };
}
