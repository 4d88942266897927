import { type HostEntry, hasRole, type PoolWorld, type VmEntry } from '../model/pool-world.ts';
import { stringsOf } from '../model/values.ts';
import type { Role } from '../pool-options.ts';
import { bareAnswer, errorPage, forbidden, internalError, unauthorised } from './http-answer.ts';
import { type RequestHead, sessionCookie } from './http-head.ts';

/** Who may have which console, or the bytes of the refusal. */
export type ConsoleDecision =
  | { kind: 'granted'; vm: VmEntry; protocol: 'rfb' | 'vt100'; userName: string; isHostConsole: boolean }
  | { kind: 'refused'; answer: string };

interface Caller {
  userName: string;
  role: Role;
  /** xenapi.md §4.3: the proxy reads the user name of the session named in the request; Basic has none. */
  hasSession: boolean;
}

/** Decides on a console request in the order of xenapi.md §4.2. */
export function decideConsole(world: PoolWorld, host: HostEntry, head: RequestHead): ConsoleDecision {
  const { version } = head;
  const refuse = (answer: string): ConsoleDecision => ({ kind: 'refused', answer });
  // 1. Authentication.
  const caller = authenticate(world, head);
  if (!caller) return refuse(unauthorised(version));
  // 2. The role for the HTTP action.
  if (!hasRole(caller.role, 'vm-operator')) return refuse(forbidden(version));
  // §1.3, §4.6: a GET is the websocket. Its proxy is down here, and while the limit is on nobody gets one.
  if (head.method === 'GET') {
    const isUpgrade = head.headers.get('upgrade')?.toLowerCase() === 'websocket';
    const answer = isUpgrade && isLimited(world) ? '503 Service Unavailable' : '501 Method Not Implemented';
    return refuse(bareAnswer(answer));
  }
  // 3. Which console.
  const found = findConsole(world, head);
  if (!found) return refuse(internalError(version, 'Console.Failure'));
  const { vm, protocol } = found;
  const fields = world.db.get('VM', vm.ref)?.fields ?? {};
  // 4. The control domain's consoles are for pool-admin only.
  const isHostConsole = fields.is_control_domain === true;
  if (isHostConsole && !hasRole(caller.role, 'pool-admin')) return refuse(forbidden(version));
  // 5. Running (Paused is not enough), and resident on this very host.
  if (fields.power_state !== 'Running' || fields.resident_on !== host.ref) {
    return refuse(internalError(version, 'Console.Failure'));
  }
  // 6. What the live list of the host does not know: rdp.
  if (protocol !== 'rfb' && protocol !== 'vt100') return refuse(bareAnswer('404 Not Found'));
  if (!caller.hasSession) return refuse(internalError(version, 'Not_found'));
  // 7. The limit; tunnels count for the VM, rfb and vt100 together, on the host that holds them (§4.4).
  const other = [...world.tunnels].find(
    (tunnel) => tunnel.vmRef === vm.ref && tunnel.hostIndex === host.index,
  );
  if (isLimited(world) && other) {
    const text = `Connection limit exceeded: ${other.userName} is connected to this console.`;
    return refuse(errorPage(version, '503 Connection Limit Exceeded', text));
  }
  return { kind: 'granted', vm, protocol, userName: caller.userName, isHostConsole };
}

/**
 * xenapi.md §4.2: the first match wins: session in the cookie, session in the query, Basic. A bad cookie therefore
 * hides good credentials. Sessions of the master are good on members too (§2.1).
 */
function authenticate(world: PoolWorld, head: RequestHead): Caller | null {
  const ref = sessionCookie(head) ?? head.query.get('session_id') ?? null;
  if (ref !== null) {
    const session = world.sessions.find(ref);
    return session && { userName: session.userName, role: session.role, hasSession: true };
  }
  const [scheme = '', encoded = ''] = (head.headers.get('authorization') ?? '').split(' ');
  if (scheme.toLowerCase() !== 'basic') return null;
  const credentials = Buffer.from(encoded, 'base64').toString('utf8');
  const account = world.accounts.find((entry) => `${entry.username}:${entry.password}` === credentials);
  return account ? { userName: account.username, role: account.role, hasSession: false } : null;
}

/** xenapi.md §4.2.3: uuid of a VM, then of a console; else ref of either. A VM stands for its first rfb console. */
function findConsole(world: PoolWorld, head: RequestHead): { vm: VmEntry; protocol: string } | null {
  const uuid = head.query.get('uuid');
  const ref = head.query.get('ref');
  const find = (className: string) => {
    if (uuid !== undefined) return world.db.byUuid(className, uuid);
    return ref === undefined ? undefined : world.db.get(className, ref);
  };
  const vmRow = find('VM');
  const rows = vmRow
    ? stringsOf(vmRow.fields.consoles).map((console_) => world.db.get('console', console_))
    : [find('console')];
  const row = vmRow ? rows.find((candidate) => candidate?.fields.protocol === 'rfb') : rows[0];
  const vm = row && world.vmByRef(String(row.fields.VM));
  return vm ? { vm, protocol: String(row.fields.protocol) } : null;
}

function isLimited(world: PoolWorld): boolean {
  return world.db.field('pool', world.poolRef, 'limit_console_sessions') === true;
}
