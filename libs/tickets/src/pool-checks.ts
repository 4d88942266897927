import type { PgClient } from '@porthole/db';
import { translating } from '@porthole/db';
import { z } from 'zod';
import { sealedSessionSchema } from './console-target.ts';

/** What the SQL function `check_take` answers (migration 0018): a relay's part of a check, given once. */
const checkPartSchema = z.object({
  tenantId: z.uuid(),
  runId: z.uuid(),
  origin: z.enum(['person', 'schedule']),
  /** What the run is of, by name. */
  name: z.string(),
  isOfMachine: z.boolean(),
  limitConsoleSessions: z.boolean(),
  allowedCidrs: z.array(z.string()),
  hosts: z.array(
    z.object({
      id: z.uuid(),
      name: z.string(),
      session: sealedSessionSchema.omit({ generation: true }).nullable(),
      vm: z
        .object({
          id: z.uuid(),
          name: z.string(),
          kind: z.enum(['screen', 'text']),
          consoleRef: z.string(),
          people: z.number().int(),
        })
        .nullable(),
    }),
  ),
});

/** A relay's part of a check of a pool. */
export type CheckPart = z.infer<typeof checkPartSchema>;

/** Takes the oldest check that waits for a relay: once, and within 30 seconds. @returns null for none @throws DbError */
export async function takeCheck(client: PgClient, relayId: string): Promise<CheckPart | null> {
  const { rows } = await translating(() => client.query('SELECT check_take($1) AS part', [relayId]));
  const [row] = z.tuple([z.object({ part: checkPartSchema.nullable() })]).parse(rows);
  return row.part;
}

type Taken = Pick<CheckPart, 'tenantId' | 'runId'>;

/**
 * Stores a step and names the next.
 * @param step as libs/check-contract has it; null for none
 * @returns false where nobody waits for the run any more @throws DbError
 */
export async function storeCheckStep(
  client: PgClient,
  relayId: string,
  { tenantId, runId }: Taken,
  { step, next }: { readonly step: object | null; readonly next: string | null },
): Promise<boolean> {
  const { rows } = await translating(() =>
    client.query('SELECT check_step($1, $2, $3, $4::jsonb, $5) AS done', [
      tenantId,
      runId,
      relayId,
      step === null ? null : JSON.stringify(step),
      next,
    ]),
  );
  return doneSchema.parse(rows)[0].done;
}

/** Ends a run that this relay has; as cancelled where somebody called it off. @throws DbError */
export async function endCheck(
  client: PgClient,
  relayId: string,
  { tenantId, runId }: Taken,
  end: 'done' | 'broken',
): Promise<boolean> {
  const { rows } = await translating(() =>
    client.query('SELECT check_end($1, $2, $3, $4::check_state) AS done', [tenantId, runId, relayId, end]),
  );
  return doneSchema.parse(rows)[0].done;
}

const doneSchema = z.tuple([z.object({ done: z.boolean() })]);
