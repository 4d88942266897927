import { isIP } from 'node:net';
import { bracketHost, type EgressPolicy, reachTcp, resolveFamily } from '@porthole/egress';
import type { CheckChain, CheckRun, StepTools } from './check-run.ts';

export interface LineTarget {
  readonly host: string;
  readonly port: number;
  readonly subject: string;
}

/** Compares the certificate at a literal with what is stored; throws where it is another. */
export type CompareIdentity<T> = (
  ip: string,
  tools: StepTools,
) => Promise<{ readonly value: T; readonly expired: boolean; readonly detail: string }>;

/**
 * Name, TCP and TLS identity, each family by itself. A connection goes to IPv4 where there is one, so that alone breaks the chain;
 * the other family is told as a warning.
 * @returns what the comparison gave for the family that is used; null where the line does not stand
 * @throws CheckStopped
 */
export async function checkLine<T>(
  run: CheckRun,
  chain: CheckChain,
  { policy, compare }: { readonly policy: EgressPolicy; readonly compare: CompareIdentity<T> },
  target: LineTarget,
): Promise<T | null> {
  const addresses = await resolveBoth(run, chain, policy, target);
  const used = addresses.find(({ family }) => family === 4) ?? addresses[0];
  let value: T | null = null;
  for (const address of addresses) {
    const isUsed = address === used;
    const found = await checkAddress(isUsed ? chain : run.chain(), { policy, compare }, target, {
      ...address,
      worth: isUsed ? 'bad' : 'warn',
    });
    if (isUsed) value = found;
  }
  if (used === undefined) {
    for (const name of ['tcp', 'tls'] as const)
      await run.leaveOut({ name, subject: target.subject }, 'untried', 'earlier-step');
  }
  return value;
}

interface Address {
  readonly ip: string;
  readonly family: 4 | 6;
}

async function resolveBoth(
  run: CheckRun,
  chain: CheckChain,
  policy: EgressPolicy,
  { host, port, subject }: LineTarget,
): Promise<Address[]> {
  const literal = isIP(host);
  if (literal !== 0) {
    const family = literal === 4 ? 4 : 6;
    await run.leaveOut({ name: 'dns', subject, family }, 'none', 'dns-literal', host);
    return [{ ip: host, family }];
  }
  const found: Address[] = [];
  for (const family of [4, 6] as const) {
    const answers = await run.step({ name: 'dns', subject, family, worth: 'warn' }, async ({ say }) => {
      say(`? ${family === 4 ? 'A' : 'AAAA'} ${host}`);
      const ips = await resolveFamily(policy, { host, port, family });
      for (const ip of ips.slice(0, 4)) say(`= ${ip}`);
      if (ips.length === 0) return { value: ips, state: 'none', cause: 'dns-no-family' };
      return { value: ips, detail: ips.join(', ') };
    });
    const [ip] = answers ?? [];
    if (ip !== undefined) found.push({ ip, family });
  }
  if (found.length === 0)
    await chain.step({ name: 'dns', subject }, async () => ({
      value: null,
      state: 'bad',
      cause: 'dns-not-found',
      detail: host,
    }));
  return found;
}

async function checkAddress<T>(
  chain: CheckChain,
  { policy, compare }: { readonly policy: EgressPolicy; readonly compare: CompareIdentity<T> },
  { port, subject }: LineTarget,
  { ip, family, worth }: Address & { readonly worth: 'bad' | 'warn' },
): Promise<T | null> {
  const of = { subject, family, worth } as const;
  const where = `${bracketHost(ip)}:${port}`;
  const reached = await chain.step({ name: 'tcp', ...of }, async ({ signal, say }) => {
    say(`> TCP ${where}`);
    await reachTcp(policy, { ip, port, signal });
    return { value: true, detail: where };
  });
  if (reached === null) chain.break();
  return chain.step({ name: 'tls', ...of }, async (tools) => {
    tools.say(`> TLS ${where}`);
    const { value, expired, detail } = await compare(ip, tools);
    tools.say(`< certificate ${detail}`);
    return expired ? { value, state: 'warn', cause: 'certificate-expired', detail } : { value, detail };
  });
}
