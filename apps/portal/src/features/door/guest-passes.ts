import { CONSOLE_KINDS, TICKET_OUTCOMES } from '@porthole/relay-contract';
import { z } from 'zod';
import type { ApiError } from '../../trpc/api-error.ts';
import type { ConsolePasses } from '../console/use-console-session.ts';
import { type CallAnswer, postCall } from '../links/post-call.ts';

const passSchema = z.object({
  ticketId: z.string(),
  ticket: z.string(),
  path: z.string(),
  kind: z.enum(CONSOLE_KINDS),
});
const outcomeSchema = z.object({ outcome: z.enum(TICKET_OUTCOMES) });

class GuestRefusal extends Error {
  constructor(readonly api: ApiError) {
    super(api.message);
  }
}

/** Passes of a guest: the cookie of the visit says for what. */
export function guestPasses(): ConsolePasses {
  return {
    ask: async () => passSchema.parse(dataOf(await postCall('door.open', {}))),
    outcome: async (ticketId) =>
      outcomeSchema.parse(dataOf(await postCall('door.outcome', { ticketId }))).outcome,
    readError: (error) =>
      error instanceof GuestRefusal
        ? error.api
        : { code: 'network/away', message: '', reference: null, retryAfterS: null },
  };
}

function dataOf(answer: CallAnswer) {
  if (answer.kind === 'ok') return answer.data;
  const { code, message } = answer.kind === 'refused' ? answer : { code: 'network/away', message: '' };
  throw new GuestRefusal({ code, message, reference: null, retryAfterS: null });
}
