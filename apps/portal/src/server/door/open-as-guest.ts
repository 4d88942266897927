import { recordEvent } from '@porthole/audit';
import { LinkOverError } from '@porthole/auth';
import { NotFoundError } from '@porthole/errors';
import { canOpen } from '@porthole/rbac';
import { consoleSocketPath, TICKET_OUTCOMES, type TicketOutcome } from '@porthole/relay-contract';
import { hashBinder, issueTicket } from '@porthole/tickets';
import { z } from 'zod';
import { chooseRelay } from '../console/choose-relay.ts';
import { NoConsoleError } from '../console/no-console-error.ts';
import type { OpenedConsole } from '../console/open-console.ts';
import type { Deps } from '../deps-type.ts';
import { OPENS_PER_LINK } from '../guests/guest-limits.ts';
import { consoleChoices } from '../machines/console-choices.ts';
import { assertRates } from '../rate.ts';
import type { RequestFacts } from '../request-facts.ts';
import { bindBrowser } from './arrive.ts';
import { doneByGuest, standingOf, visitOf } from './visit.ts';

type Request = Pick<RequestFacts, 'guest' | 'ip' | 'browserBinder' | 'setCookie'>;

/**
 * Gives a guest who is inside a pass for the one console of their link. Whatever else they might name, there is nothing to name.
 *
 * @throws LinkOverError `auth/link-over`; LimitError `rate/limited`; NoConsoleError `vm/off` and its kin; AppError `relay/none`
 */
export async function openAsGuest(
  deps: Pick<Deps, 'db' | 'logger'>,
  request: Request,
): Promise<OpenedConsole> {
  const key = await visitOf(deps, request);
  await assertRates(deps, [{ key: `door.open:link:${key.linkId}`, ...OPENS_PER_LINK }]);
  const { tenantId, linkId, visitId } = key;
  const binder = bindBrowser(request);
  const opened = await deps.db.withTenant(tenantId, async (tx) => {
    const standing = await standingOf(tx, key);
    const { facts, vm, link } = standing;
    if (vm === null || !canOpen(facts, 'look', vm).allowed)
      throw new LinkOverError({ why: 'not inside', linkId });
    const mode = canOpen(facts, 'type', vm).allowed ? ('type' as const) : ('look' as const);
    const choices = consoleChoices(vm);
    const choice = choices.find(({ best }) => best) ?? choices[0];
    if (choice === undefined || choice.reason !== null)
      throw new NoConsoleError(choice?.reason ?? 'not-offered', vm, choice?.kind ?? 'screen');
    const { kind } = choice;
    const relayId = await chooseRelay(tx, { tenantId, vmId: vm.id, kind }, facts.now);
    const { ticketId, ticket } = await issueTicket(tx, {
      tenantId,
      personId: linkId,
      loginSessionId: visitId,
      guestLinkId: linkId,
      vmId: link.vmId,
      kind,
      mode,
      relayId,
      binderHash: hashBinder(binder),
    });
    const { data: _visit, ...by } = doneByGuest(standing, key, request);
    await recordEvent(tx, tenantId, {
      action: 'console.request',
      outcome: 'ok',
      ...by,
      data: { guestLinkId: linkId, kind, mode, ticketId, relay: relayId },
    });
    return { ticketId, ticket: ticket.reveal(), path: consoleSocketPath(relayId), kind, mode };
  });
  deps.logger.info({ consoleId: opened.ticketId, kind: opened.kind, mode: opened.mode }, 'a pass was issued');
  return opened;
}

export const guestOutcomeInput = z.strictObject({ ticketId: z.uuid() });
const outcomeSchema = z.enum(TICKET_OUTCOMES);

/**
 * What became of a pass, for the visit that asked for it and no other.
 *
 * @throws LinkOverError `auth/link-over`; NotFoundError `ticket/not-found`
 */
export async function readGuestOutcome(
  deps: Pick<Deps, 'db'>,
  request: Pick<Request, 'guest'>,
  { ticketId }: z.infer<typeof guestOutcomeInput>,
): Promise<{ outcome: TicketOutcome }> {
  const { tenantId, linkId, visitId } = await visitOf(deps, request);
  return deps.db.withTenant(tenantId, async (tx) => {
    const ticket = await tx.consoleTicket.findFirst({
      where: { tenantId, id: ticketId, guestLinkId: linkId, loginSessionId: visitId },
      select: { outcome: true },
    });
    if (ticket === null) throw new NotFoundError('ticket', { ticketId });
    return { outcome: outcomeSchema.parse(ticket.outcome) };
  });
}
