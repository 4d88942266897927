import { AppError } from '@porthole/errors';
import { CONSOLE_KINDS, type ConsoleKind } from '@porthole/relay-contract';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { Deps } from '../deps.ts';
import { inOrg } from '../inputs.ts';

export const openConsoleInput = z.strictObject({
  ...inOrg,
  vmId: z.uuid(),
  kind: z.enum(CONSOLE_KINDS).optional(),
  mode: z.enum(['look', 'type']),
});

export interface OpenedConsole {
  ticketId: string;
  /** The pass itself: goes into `Sec-WebSocket-Protocol`, nowhere else (security.md §2.4). */
  ticket: string;
  path: string;
  kind: ConsoleKind;
  mode: 'look' | 'type';
}

export async function openConsole(
  _deps: Deps,
  _actor: Actor,
  _input: z.infer<typeof openConsoleInput>,
): Promise<OpenedConsole> {
  throw new AppError({ code: 'portal/not-built' });
}
