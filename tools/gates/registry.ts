import type { Gate } from './gate.ts';

/** Every gate by name, loaded when it is run: each drags in the rooms that it attacks. */
export const GATES = {
  ssrf: async () => (await import('./ssrf.ts')).gate,
  pin: async () => (await import('./pin.ts')).gate,
  'xenapi-traps': async () => (await import('./xenapi-traps.ts')).gate,
  'xmlrpc-old-host': async () => (await import('./xmlrpc-old-host.ts')).gate,
  failover: async () => (await import('./failover.ts')).gate,
  catalogue: async () => (await import('./catalogue.ts')).gate,
  rls: async () => (await import('./rls.ts')).gate,
  headers: async () => (await import('./headers.ts')).gate,
  matrix: async () => (await import('./matrix.ts')).gate,
  'prisma-shapes': async () => (await import('./prisma-shapes.ts')).gate,
  canary: async () => (await import('./canary.ts')).gate,
  'totp-race': async () => (await import('./totp-race.ts')).gate,
  'emergency-race': async () => (await import('./emergency-race.ts')).gate,
  enumeration: async () => (await import('./enumeration.ts')).gate,
  'ticket-race': async () => (await import('./ticket-race.ts')).gate,
  'portal-takeover': async () => (await import('./portal-takeover.ts')).gate,
  'fail-closed': async () => (await import('./fail-closed.ts')).gate,
  'late-joiner': async () => (await import('./late-joiner.ts')).gate,
  'rights-on-the-wire': async () => (await import('./rights-on-the-wire.ts')).gate,
  revoke: async () => (await import('./revoke.ts')).gate,
  survival: async () => (await import('./survival.ts')).gate,
  'fuzz-short': async () => (await import('./fuzz-short.ts')).gate,
  drain: async () => (await import('./drain.ts')).gate,
  kill9: async () => (await import('./kill9.ts')).gate,
  slowloris: async () => (await import('./slowloris.ts')).gate,
  'stalled-readers': async () => (await import('./stalled-readers.ts')).gate,
  'power-idempotent': async () => (await import('./power-idempotent.ts')).gate,
  reset: async () => (await import('./reset.ts')).gate,
  'quota-race': async () => (await import('./quota-race.ts')).gate,
  doctor: async () => (await import('./doctor.ts')).gate,
  'inventory-loss': async () => (await import('./inventory-loss.ts')).gate,
  'inventory-scale': async () => (await import('./inventory-scale.ts')).gate,
} satisfies Record<string, () => Promise<Gate>>;

export type GateName = keyof typeof GATES;

/** These compare times, so nothing else may run beside them. */
export const NEEDS_QUIET: readonly GateName[] = ['enumeration'];

export function isGateName(name: string): name is GateName {
  return Object.hasOwn(GATES, name);
}
