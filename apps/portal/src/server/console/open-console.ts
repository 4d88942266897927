import { recordEvent } from '@porthole/audit';
import { AppError, ForbiddenError, Secret } from '@porthole/errors';
import { assertCan, can, canOpen, type Facts, supportOf, type VmFacts } from '@porthole/rbac';
import { CONSOLE_KINDS, type ConsoleKind, consoleSocketPath } from '@porthole/relay-contract';
import { hashBinder, issueTicket } from '@porthole/tickets';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { loadMachine } from '../authority/load-machine.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';
import { doneBy } from '../log/done-by.ts';
import { consoleChoices } from '../machines/console-choices.ts';
import type { VmRow } from '../machines/machine-row.ts';
import { assertRates } from '../rate.ts';
import { chooseRelay } from './choose-relay.ts';
import { openRates } from './console-limits.ts';
import { NoConsoleError } from './no-console-error.ts';

export const openConsoleInput = z.strictObject({
  ...inOrg,
  vmId: z.uuid(),
  kind: z.enum(CONSOLE_KINDS).optional(),
  mode: z.enum(['look', 'type']),
});

type Deps = Pick<AllDeps, 'db' | 'logger'>;

export interface OpenedConsole {
  ticketId: string;
  /** The pass itself: goes into `Sec-WebSocket-Protocol`, nowhere else (security.md §2.4). */
  ticket: string;
  path: string;
  kind: ConsoleKind;
  mode: 'look' | 'type';
}

/**
 * Gives the actor a pass for one console of one machine: one use, 30 seconds, in the browser that asks.
 *
 * @param binder value of the binder cookie of that browser; null where it sent none
 * @throws NotFoundError `vm/not-found`, ForbiddenError `rbac/forbidden`, LimitError `rate/limited`, NoConsoleError
 *   `vm/off` and its kin, AppError `auth/factor-stale`, `relay/none`, `console/no-binder`
 */
export async function openConsole(
  deps: Deps,
  actor: Actor,
  binder: string | null,
  { vmId, kind: wanted, mode }: z.infer<typeof openConsoleInput>,
): Promise<OpenedConsole> {
  await assertRates(deps, openRates(actor));
  const opened = await deps.db.withTenant(actor.tenantId, async (tx) => {
    const { vm, facts } = await loadMachine(tx, actor, vmId);
    assertMayOpen(facts, mode, vm);
    const kind = chooseKind(vm, wanted);
    const relayId = await chooseRelay(tx, { tenantId: actor.tenantId, vmId: vm.id, kind }, facts.now);
    const { ticketId, ticket } = await issueTicket(tx, {
      tenantId: actor.tenantId,
      personId: actor.personId,
      loginSessionId: actor.loginSessionId,
      vmId: vm.id,
      kind,
      mode,
      relayId,
      binderHash: hashBinder(assertBinder(binder)),
    });
    const support = supportOf(facts);
    await recordEvent(tx, actor.tenantId, {
      action: 'console.request',
      ...doneBy(actor),
      target: { kind: 'vm', id: vm.id, name: vm.name },
      data: {
        kind,
        mode,
        ticketId,
        relay: relayId,
        ...(support === null ? {} : { supportGrantId: support.grantId }),
      },
    });
    return { ticketId, ticket: ticket.reveal(), path: consoleSocketPath(relayId), kind, mode };
  });
  // The one name of this console from here to its close: in the relay's lines, and as ticketId in the log.
  deps.logger.info({ consoleId: opened.ticketId, kind: opened.kind, mode }, 'a pass was issued');
  return opened;
}

/** Who sees the machine in a list learns that its console isn't theirs; for everybody else it is absent already. */
function assertMayOpen(facts: Facts, mode: 'look' | 'type', vm: VmFacts): void {
  const looking = can(facts, 'look', vm);
  const details = { right: 'look', vmId: vm.id };
  if (!looking.allowed && looking.reason === 'locked') throw new LockedError(details);
  if (!looking.allowed) throw new ForbiddenError(looking.reason, details);
  assertCan(facts, mode, vm);
  const opening = canOpen(facts, mode, vm);
  if (!opening.allowed) throw new FactorStaleError(details);
}

/** The organisation asks for a second factor that was proved just now; the same call works after that. */
class FactorStaleError extends AppError {
  constructor(details: Record<string, unknown>) {
    super({
      code: 'auth/factor-stale',
      publicMessage: 'Your organisation asks for your second factor before a console opens.',
      details,
    });
  }
}

/** The wanted kind, or the best one. */
function chooseKind(vm: VmRow, wanted: ConsoleKind | undefined): ConsoleKind {
  const choices = consoleChoices(vm);
  const choice =
    choices.find(({ kind, best }) => (wanted === undefined ? best : kind === wanted)) ?? choices[0];
  if (choice === undefined) throw new NoConsoleError('not-offered', vm, 'screen');
  if (choice.reason !== null) throw new NoConsoleError(choice.reason, vm, choice.kind);
  return choice.kind;
}

/** Somebody has locked the organisation, the pool, the machine or the person: nothing opens until it is lifted. */
class LockedError extends AppError {
  constructor(details: Record<string, unknown>) {
    super({
      code: 'rbac/locked',
      publicMessage: 'Consoles stay closed here until the lock is lifted.',
      details,
    });
  }
}

/** A pass is worth nothing outside the browser that asked, so there must be something to know it by. */
function assertBinder(binder: string | null): Secret {
  if (binder !== null) return new Secret(binder);
  throw new AppError({
    code: 'console/no-binder',
    publicMessage: 'This browser has lost a part of its sign-in. Sign in again to open consoles.',
  });
}
