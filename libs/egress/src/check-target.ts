import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { isDemoEndpoint, type JudgeAddress, judgeAddress } from './address-rules.ts';
import { EgressError } from './egress-error.ts';
import type { EgressPolicy } from './egress-policy.ts';
import { normaliseHost } from './host-name.ts';

/** Where a socket goes: an IP literal that passed every rule, and the name for SNI ('' for an IP). */
export interface CheckedTarget {
  readonly ip: string;
  readonly family: 4 | 6;
  readonly servername: string;
}

export type CheckTarget = (policy: EgressPolicy, host: string, port: number) => Promise<CheckedTarget>;

/** Longest wait for the resolver, in milliseconds. */
export const DNS_TIMEOUT_MS = 5_000;
const MAX_ANSWERS = 64;

/**
 * Resolves a host once and lets it pass only if **every** answer may be dialled (security.md §4.2). Dial the returned
 * literal, never the name again: a second answer could differ.
 * @throws EgressError egress/bad-address, egress/address-not-allowed, egress/name-not-found, egress/timeout,
 *   egress/bad-policy
 */
export const checkTarget: CheckTarget = makeCheckTarget(judgeAddress);

/** The check with its judge given; only tests and gates give another one than {@link judgeAddress}. */
export function makeCheckTarget(judge: JudgeAddress): CheckTarget {
  return async (policy, host, port) => {
    const parsed = normaliseHost(host);
    if (parsed.kind === 'ip') {
      // The exception of architecture §6 holds for a literal only: a name could point at a demo port by chance.
      if (!isDemoEndpoint(policy, parsed.ip, port)) assertAllowed(judge, policy, host, [parsed.ip], port);
      return target(parsed.ip, '');
    }
    const answers = await resolveAll(policy, parsed.name);
    assertAllowed(judge, policy, host, answers, port);
    const [first] = answers;
    if (first === undefined) throw new EgressError('egress/name-not-found', { details: { host } });
    return target(first, parsed.name);
  };
}

function target(ip: string, servername: string): CheckedTarget {
  // An IPv4-mapped literal was judged as IPv4, so it is dialled as IPv4.
  const plain = ipaddr.process(ip).toString();
  return { ip: plain, family: isIP(plain) === 4 ? 4 : 6, servername };
}

function assertAllowed(
  judge: JudgeAddress,
  policy: EgressPolicy,
  host: string,
  answers: readonly string[],
  port: number,
): void {
  if (!policy.allowedPorts.includes(port)) {
    throw new EgressError('egress/address-not-allowed', {
      publicMessage: `Porthole may not connect to port ${port}. The operator of Porthole decides which ports are open.`,
      details: { host, port, reason: 'port' },
    });
  }
  for (const ip of answers) {
    const reason = judge(policy, ip);
    if (reason !== null) {
      throw new EgressError('egress/address-not-allowed', { details: { host, ip, port, reason } });
    }
  }
}

async function resolveAll(policy: EgressPolicy, name: string): Promise<readonly string[]> {
  const answers = await withTimeout(name, (policy.resolve ?? systemResolve)(name));
  if (answers.length === 0 || answers.length > MAX_ANSWERS) {
    throw new EgressError('egress/name-not-found', { details: { host: name, answers: answers.length } });
  }
  return answers;
}

/**
 * The addresses of one family that a host has, each of which may be dialled; none where there is no record of that family. A
 * literal has its own alone. Says where a connection would go, and opens none.
 * @throws EgressError as {@link checkTarget}, where the name is not found only for what no resolver says of a family
 */
export async function resolveFamily(
  policy: EgressPolicy,
  { host, port, family }: { readonly host: string; readonly port: number; readonly family: 4 | 6 },
): Promise<readonly string[]> {
  const parsed = normaliseHost(host);
  if (parsed.kind === 'ip') {
    const literal = await checkTarget(policy, host, port);
    return literal.family === family ? [literal.ip] : [];
  }
  const answers = await withTimeout(parsed.name, answersOf(policy, parsed.name, family));
  assertAllowed(judgeAddress, policy, host, answers, port);
  return answers.slice(0, MAX_ANSWERS);
}

async function answersOf(policy: EgressPolicy, name: string, family: 4 | 6): Promise<readonly string[]> {
  if (policy.resolve !== undefined) return (await policy.resolve(name)).filter((ip) => isIP(ip) === family);
  try {
    return (await lookup(name, { all: true, family })).map(({ address }) => address);
  } catch (error) {
    if (error instanceof Error && 'code' in error && ['ENOTFOUND', 'ENODATA'].includes(String(error.code)))
      return [];
    throw error;
  }
}

async function systemResolve(name: string): Promise<readonly string[]> {
  const answers = await lookup(name, { all: true, order: 'ipv4first' });
  return answers.map((answer) => answer.address);
}

async function withTimeout<T>(name: string, lookingUp: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new EgressError('egress/timeout', { details: { host: name, step: 'name' } }));
    }, DNS_TIMEOUT_MS);
  });
  try {
    return await Promise.race([lookingUp, late]);
  } catch (cause) {
    if (cause instanceof EgressError) throw cause;
    throw new EgressError('egress/name-not-found', { details: { host: name }, cause });
  } finally {
    clearTimeout(timer);
  }
}
