import { randomUUID } from 'node:crypto';
import type { Logger } from '@porthole/logger';
import { supportOf } from '@porthole/rbac';
import { CLOSE, type CloseKind, LIMITS } from '@porthole/relay-contract';
import type { ConsoleTarget } from '@porthole/tickets';
import { type Admission, type AdmitDeps, admitConsole } from './admit-console.ts';
import type { AuthorityWatch } from './authority/authority-watch.ts';
import { accessEnd, copyingOf } from './authority/seat-rights.ts';
import type { Clock } from './clock.ts';
import type { Dial } from './hub/host-tunnel.ts';
import type { Hubs } from './hub/hubs.ts';
import { ReceiptCounter } from './hub/receipt.ts';
import { Seat, type SeatEnd } from './hub/seat.ts';
import { SeatSocket } from './hub/seat-socket.ts';
import { seatTimes } from './hub/seat-timers.ts';
import type { EventRecorder } from './journal/event-recorder.ts';
import type { RelayMetrics } from './metrics/relay-metrics.ts';
import type { Browser, WaitingUpgrade } from './server.ts';

export interface OpenConsoleDeps extends AdmitDeps {
  readonly hubs: Hubs;
  readonly events: EventRecorder;
  readonly authority: AuthorityWatch;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Pick<RelayMetrics, 'redeemed' | 'opened' | 'closed'>;
  /** How the console of a seat is dialled, from the rows that admitted it. */
  readonly dialFor: (seatId: string, target: ConsoleTarget) => Dial;
}

type Admitted = Extract<Admission, { kind: 'admitted' }>;

/**
 * One pass, from the browser's knock to the last line in the log: redeem and admit in one transaction, say 101 and
 * welcome, find or open the hub, which dials, take a seat, and when it ends write the close with reason and receipt,
 * once. No commit, no tunnel.
 */
export async function openConsole(deps: OpenConsoleDeps, upgrade: WaitingUpgrade): Promise<void> {
  const askedAt = deps.clock.now();
  const { ticket, binder, userAgent } = upgrade.checked;
  let admission: Admission;
  try {
    admission = await admitConsole(deps, { ticket, binder, userAgent, address: upgrade.address });
  } catch (err) {
    deps.metrics.redeemed('failed', askedAt);
    deps.log.error({ err }, 'a pass could not be redeemed');
    upgrade.refuse(503);
    return;
  }
  deps.metrics.redeemed(admission.kind, askedAt);
  const log = deps.log.child({
    consoleId: admission.kind === 'admitted' ? admission.ticket.id : admission.ticketId,
  });
  if (admission.kind === 'refused') {
    log.info({ reason: admission.reason }, 'a pass was refused');
    upgrade.refuse(401);
    return;
  }
  const browser = upgrade.accept();
  if (admission.kind === 'full') {
    log.info({ reason: admission.closeKind }, 'there is no place for a pass');
    if (browser !== null) sendAway(browser, admission.closeKind);
    return;
  }
  // Not awaited here: what the upgrade held, the request first of all, is let go while the seat lives.
  return attend({ ...deps, log }, admission, browser, askedAt);
}

/** From the commit on: however this goes, the open console gets its one close. */
async function attend(
  deps: OpenConsoleDeps,
  admitted: Admitted,
  browser: Browser | null,
  askedAt: number,
): Promise<void> {
  const { events, metrics } = deps;
  const { seatId, hubId, ticket } = admitted;
  const log = deps.log.child({ seatId, hubId });
  const eventId = randomUUID();
  const nothing = new ReceiptCounter(deps.clock);
  metrics.opened(ticket.kind);
  log.info({ kind: ticket.kind }, 'a console was opened');
  let end: SeatEnd;
  try {
    end =
      browser === null
        ? { kind: 'left', receipt: nothing.snapshot() }
        : await sit({ ...deps, log }, admitted, browser, askedAt);
  } catch (err) {
    log.error({ err }, 'a console could not be served');
    end = { kind: 'hostLost', receipt: nothing.snapshot() };
  }
  const { reason } = CLOSE[end.kind];
  metrics.closed(end.kind, end.receipt);
  log.info({ reason, receipt: end.receipt }, 'a console was closed');
  await events.record({ kind: 'seat-close', eventId, seatId, reason, receipt: end.receipt });
  // Others may sit there still, or nobody, for a while.
  if (!deps.hubs.has(hubId)) await events.record({ kind: 'hub-end', hubId });
}

/** The life of the seat itself. */
function sit(
  { hubs, authority, clock, log, dialFor }: OpenConsoleDeps,
  { seatId, hubId, ticket, target, facts, rights }: Admitted,
  browser: Browser,
  askedAt: number,
): Promise<SeatEnd> {
  const poolIdleTimeoutS = target.pool.consoleIdleTimeoutS;
  const seat = new Seat(
    {
      id: seatId,
      personId: ticket.personId,
      personName: facts.personName,
      isGuest: facts.guest != null,
      isSupport: supportOf(facts) !== null,
      kind: ticket.kind,
      rights,
      copying: copyingOf(facts.policy),
      keyboardRule: facts.policy.keyboard,
      times: seatTimes(facts.policy, poolIdleTimeoutS),
      askedAt,
      endsAt: accessEnd(facts, target.vm),
    },
    new SeatSocket(browser.socket, browser.connection, clock),
    clock,
  );
  seat.welcome('dialling');
  authority.watch(seat, { mode: ticket.mode, facts, vm: target.vm, poolIdleTimeoutS });
  hubs.take(seat, {
    hubId,
    tenantId: target.vm.tenantId,
    kind: ticket.kind,
    dial: dialFor(seatId, target),
    log,
    ...textKeeping(target),
  });
  return seat.ended;
}

/** What is kept of a text console. The one place of a single-viewer pool is given back at once (xenapi.md §4.4). */
function textKeeping({ text, pool }: ConsoleTarget): { keptMs: number; scrollbackBytes: number } {
  const keptMs = Math.min(text.keptMs ?? LIMITS.textKeptMs, LIMITS.textKeptMs);
  return {
    keptMs: pool.limitConsoleSessions ? 0 : keptMs,
    scrollbackBytes: Math.min(text.scrollbackBytes ?? LIMITS.scrollbackBytes, LIMITS.scrollbackBytes),
  };
}

function sendAway({ socket }: Browser, kind: CloseKind): void {
  const { code, reason } = CLOSE[kind];
  socket.on('error', () => socket.terminate());
  socket.close(code, reason);
}
