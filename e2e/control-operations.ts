import type { ConsoleFault } from '@porthole/fake-xenserver';
import type { Outside } from '../tools/outside/outside.ts';
import type { Stack } from '../tools/stack/launch-stack.ts';

type Operation = (input: {
  vm?: string;
  host?: number;
  fault?: ConsoleFault | null;
  path?: string;
  state?: string;
  to?: number;
  email?: string;
  name?: string;
  text?: string;
}) => unknown;

/** What a spec may do to the world behind the portal: break a host, look at a guest, move a machine. */
export function controlOperations(stack: Stack, outside: Outside): Record<string, Operation> {
  const [pool, spare] = stack.pools;
  const named = (vm: string | undefined) => pool.vm(vm ?? '');
  return {
    hasQemu: () => stack.qemuGuest !== null,
    fault: ({ vm, host, fault }) =>
      pool.consoleFault(
        { ...(vm === undefined ? {} : { vm }), ...(host === undefined ? {} : { host }) },
        fault ?? null,
      ),
    openScreens: () => pool.openTunnels('rfb'),
    inputEvents: ({ vm }) => named(vm).inputEvents(),
    screenText: ({ vm }) => named(vm).screenText(),
    setPowerState: ({ vm, state }) => named(vm).setPowerState(state ?? 'Running'),
    reboot: ({ vm }) => pool.reboot(vm ?? ''),
    swapCertificate: ({ host }) => pool.swapCertificate(host ?? 0),
    evictSessions: () => pool.evictSessions(),
    poolToAdd: () => {
      const [host] = spare.hosts;
      return {
        ...stack.poolAccount,
        address: `${host?.address}:${host?.port}`,
        fingerprint: host?.fingerprint256,
      };
    },
    /** Who comes to the issuer from now on, and what the issuer knows us by. */
    issuer: ({ email, name }) => {
      if (email !== undefined)
        outside.issuer.state.said = {
          sub: `sub-of-${email}`,
          email,
          email_verified: true,
          name: name ?? email,
        };
      return { url: outside.issuer.url, client: outside.client };
    },
    setText: ({ name, text }) => {
      outside.names.texts.set(name ?? '', text ?? '');
    },
    /** Every mail that was sent, the newest first. */
    mails: async () => (await fetch(`${stack.mailbox}/mails.json`)).json(),
    screendump: async ({ path }) => {
      if (stack.qemuGuest === null || path === undefined)
        throw new Error('no QEMU guest to take a screendump of');
      await stack.qemuGuest.screendump(path);
    },
  };
}
