import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type FakePool, type FakeVmSpec, type QemuGuest, startFakePool } from '@porthole/fake-xenserver';

export const FRANKFURT = { name: 'Frankfurt', account: 'porthole-console', hosts: 2 } as const;
/** A pool that nobody has added yet, for whoever tries that. */
export const VIENNA = { name: 'Vienna', hosts: 1 } as const;

export interface StandIns {
  pool: FakePool;
  spare: FakePool;
  /** The account that both pools know. */
  account: { username: string; password: string };
}

export interface StandInOptions {
  /** Where keys, certificates and the account's password are kept. */
  folder: string;
  /** One for each host, {@link FRANKFURT}'s first. */
  ports: number[];
  /** A real machine behind `web-01`; without it all guests are built in. */
  guest: QemuGuest | null;
  /** Machines beside the demo's own. */
  more?: readonly FakeVmSpec[];
}

/** The demo's stand-in pools, the same after every start: certificates, account, uuids and ports are kept. */
export async function startStandIns({ folder, ports, guest, more = [] }: StandInOptions): Promise<StandIns> {
  const account = { username: FRANKFURT.account, password: keptPassword(path.join(folder, 'account')) };
  const pool = await startFakePool({
    name: FRANKFURT.name,
    account,
    hosts: FRANKFURT.hosts,
    ports: ports.slice(0, FRANKFURT.hosts),
    certDir: folder,
    vms: [...machines(guest), ...more],
  });
  const spareFolder = path.join(folder, 'spare');
  mkdirSync(spareFolder, { recursive: true });
  const spare = await startFakePool({
    name: VIENNA.name,
    account,
    hosts: VIENNA.hosts,
    ports: ports.slice(FRANKFURT.hosts),
    certDir: spareFolder,
    vms: [{ name: 'kiosk-01', description: 'Nobody has added its pool yet', memoryMiB: 1024, vcpus: 1 }],
  });
  return { pool, spare, account };
}

function machines(guest: QemuGuest | null): FakeVmSpec[] {
  const web: FakeVmSpec = {
    name: 'web-01',
    uuid: '0c8f2c1e-6a57-4d0e-9b7a-5d2f6f1e0a01',
    description: guest === null ? 'Shop front' : 'Shop front, a real Linux machine',
    tags: ['acme', 'prod'],
    residentOn: 0,
    memoryMiB: guest === null ? 2048 : 96,
    vcpus: 1,
    os: 'Debian GNU/Linux 12 (bookworm)',
    addresses: ['10.20.0.11'],
  };
  if (guest !== null) {
    web.screen = { kind: 'tcp', host: guest.vncHost, port: guest.vncPort };
    web.text = { kind: 'unix', path: guest.serialPath };
    web.power = guest.power;
  }
  return [
    web,
    {
      name: 'db-01',
      uuid: '0c8f2c1e-6a57-4d0e-9b7a-5d2f6f1e0a02',
      description: 'Orders and customers',
      tags: ['acme', 'prod'],
      residentOn: 1,
      memoryMiB: 8192,
      vcpus: 4,
      os: 'Debian GNU/Linux 12 (bookworm)',
      addresses: ['10.20.0.12', 'fd20::12'],
    },
    {
      name: 'build-01',
      uuid: '0c8f2c1e-6a57-4d0e-9b7a-5d2f6f1e0a03',
      description: 'Builds by night',
      tags: ['acme', 'test'],
      powerState: 'Halted',
      memoryMiB: 16_384,
      vcpus: 8,
    },
    {
      name: 'mail-01',
      uuid: '0c8f2c1e-6a57-4d0e-9b7a-5d2f6f1e0a04',
      tags: ['acme', 'prod'],
      powerState: 'Paused',
      residentOn: 0,
      memoryMiB: 4096,
      vcpus: 2,
    },
    {
      name: 'router-01',
      uuid: '0c8f2c1e-6a57-4d0e-9b7a-5d2f6f1e0a05',
      description: 'No graphics card',
      tags: ['acme', 'prod'],
      residentOn: 1,
      memoryMiB: 512,
      vcpus: 1,
      screen: null,
    },
    {
      name: 'shop-01',
      uuid: '0c8f2c1e-6a57-4d0e-9b7a-5d2f6f1e0a06',
      tags: ['globex', 'prod'],
      residentOn: 0,
      memoryMiB: 4096,
      vcpus: 2,
      os: 'Ubuntu 24.04',
      addresses: ['10.30.0.21'],
    },
    {
      name: 'cache-01',
      uuid: '0c8f2c1e-6a57-4d0e-9b7a-5d2f6f1e0a07',
      tags: ['globex'],
      residentOn: 1,
      memoryMiB: 1024,
      vcpus: 1,
    },
    {
      name: 'backup-01',
      uuid: '0c8f2c1e-6a57-4d0e-9b7a-5d2f6f1e0a08',
      description: 'The provider’s own',
      residentOn: 1,
      memoryMiB: 2048,
      vcpus: 2,
    },
  ];
}

function keptPassword(file: string): string {
  if (!existsSync(file)) writeFileSync(file, randomBytes(18).toString('base64url'), { mode: 0o600 });
  return readFileSync(file, 'utf8').trim();
}
