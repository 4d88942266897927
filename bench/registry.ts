import type { Bench } from './bench.ts';

/** Every benchmark by name, loaded when it is run. */
export const BENCHES = {
  ticket: async () => (await import('./ticket/ticket.ts')).bench,
  'click-to-picture': async () => (await import('./click-to-picture/click-to-picture.ts')).bench,
  relay: async () => (await import('./relay/relay.ts')).bench,
  'shared-bytes': async () => (await import('./shared-bytes/shared-bytes.ts')).bench,
  start: async () => (await import('./start/start.ts')).bench,
  inventory: async () => (await import('./inventory/inventory.ts')).bench,
} satisfies Record<string, () => Promise<Bench>>;

export type BenchName = keyof typeof BENCHES;

export function isBenchName(name: string): name is BenchName {
  return Object.hasOwn(BENCHES, name);
}
