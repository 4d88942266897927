import { inTransaction } from '@porthole/db';
import type { Secret } from '@porthole/errors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forged, RELAY, type Stage, setStage } from '../../../prisma/test-stage.ts';
import { denyTicket } from './deny-ticket.ts';
import { redeemTicket } from './redeem-ticket.ts';
import { newBinder } from './secrets.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.end());

const redeem = (ticket: Secret, over: { relayId?: string; binder?: Secret } = {}) =>
  inTransaction(stage.relay.pool, (client) =>
    redeemTicket(client, { ticket, relayId: RELAY, binder: stage.binder, ...over }),
  );

const outcomeOf = async (ticketId: string) => {
  const { rows } = await stage.superuser.pool.query('SELECT outcome FROM console_ticket WHERE id = $1', [
    ticketId,
  ]);
  return rows[0]?.outcome;
};

describe('a good ticket', () => {
  it('gives the facts, the machine, its host and its pool', async () => {
    const { ticket, ticketId } = await stage.issue();
    const redeemed = await redeem(ticket);
    expect(redeemed).toMatchObject({
      refused: null,
      ticket: {
        id: ticketId,
        personId: stage.world.mira,
        vmId: stage.world.web,
        kind: 'screen',
        mode: 'type',
      },
      facts: { sessionAlive: true, role: 'member', grants: [{ id: stage.world.grant, role: 'operator' }] },
      vm: {
        id: stage.world.web,
        poolTenantId: stage.world.northgate,
        consoleRef: 'OpaqueRef:screen',
        gone: false,
      },
      host: { id: stage.world.host, address: '192.0.2.1', port: 443, session: null },
      pool: { state: 'connected' },
    });
  });

  it('gives the private ranges that the operator opened for the pool’s owner, and not those of the holder', async () => {
    const { northgate, acme } = stage.world;
    await stage.superuser.pool.query(
      "INSERT INTO tenant_policy (tenant_id, allowed_cidrs) VALUES ($1, '{10.20.0.0/16}'), ($2, '{10.99.0.0/16}')",
      [northgate, acme],
    );
    const { ticket } = await stage.issue();
    const answer = await redeem(ticket);
    expect(answer).toMatchObject({ refused: null, pool: { allowedCidrs: ['10.20.0.0/16'] } });
    await stage.superuser.pool.query('DELETE FROM tenant_policy');
  });

  it('gives the sealed session as bytes', async () => {
    const bytes = (size: number) => Buffer.alloc(size, 200);
    await stage.superuser.pool.query(
      `INSERT INTO host_session (tenant_id, host_id, kid, epk, wrap_iv, wrapped_dek, wrap_tag, iv, ct, tag)
       VALUES ($1, $2, 'k1', $3, $4, $3, $5, $4, $6, $5)`,
      [stage.world.northgate, stage.world.host, bytes(32), bytes(12), bytes(16), bytes(300)],
    );
    const redeemed = await redeem((await stage.issue()).ticket);
    if (redeemed.refused !== null) throw new Error(redeemed.refused);
    expect(redeemed.host?.session?.ct).toEqual(new Uint8Array(bytes(300)));
    expect(redeemed.host?.session?.generation).toBe(1);
  });
});

describe('refusals', () => {
  it('of a ticket nobody issued, without saying more', async () => {
    expect(await redeem(forged())).toEqual({ refused: 'unknown', ticketId: null, tenantId: null });
  });

  it('of a ticket used twice', async () => {
    const { ticket, ticketId } = await stage.issue();
    await redeem(ticket);
    expect(await redeem(ticket)).toEqual({ refused: 'used-before', ticketId, tenantId: stage.world.acme });
  });

  it('of an expired ticket, by the database’s clock', async () => {
    const { ticket, ticketId } = await stage.issue();
    await stage.superuser.pool.query(
      "UPDATE console_ticket SET created_at = now() - interval '31 s', expires_at = now() - interval '1 s' WHERE id = $1",
      [ticketId],
    );
    expect(await redeem(ticket)).toMatchObject({ refused: 'expired' });
    expect(await outcomeOf(ticketId)).toBe('expired');
  });

  it('of a revoked ticket', async () => {
    const { ticket, ticketId } = await stage.issue();
    await stage.portal.withTenant(stage.world.acme, (tx) =>
      tx.consoleTicket.updateMany({ where: { id: ticketId }, data: { revokedAt: new Date() } }),
    );
    expect(await redeem(ticket)).toMatchObject({ refused: 'revoked' });
  });

  it('at another relay or in another browser, and leave it good for its own', async () => {
    const { ticket, ticketId } = await stage.issue();
    expect(await redeem(ticket, { relayId: 'r2' })).toMatchObject({ refused: 'other-relay' });
    expect(await outcomeOf(ticketId)).toBe('other-relay');
    expect(await redeem(ticket, { binder: newBinder() })).toMatchObject({ refused: 'other-browser' });
    expect(await redeem(ticket)).toMatchObject({ refused: null });
  });

  it('leave a ticket unused when the transaction does not commit', async () => {
    const { ticket } = await stage.issue();
    const undone = inTransaction(stage.relay.pool, async (client) => {
      await redeemTicket(client, { ticket, relayId: RELAY, binder: stage.binder });
      throw new Error('the audit log is away');
    });
    await expect(undone).rejects.toThrow('the audit log is away');
    expect(await redeem(ticket)).toMatchObject({ refused: null });
  });
});

describe('a ticket cannot be made', () => {
  it('for a machine of another organisation', async () => {
    await expect(stage.issue({ vmId: stage.world.shop })).rejects.toMatchObject({ code: 'db/conflict' });
  });

  it('to live longer than thirty seconds, not even by the portal’s own hand', async () => {
    const { ticketId } = await stage.issue();
    const longer = stage.portal.withTenant(
      stage.world.acme,
      (tx) => tx.$executeRaw`
        INSERT INTO console_ticket (tenant_id, secret_hash, binder_hash, person_id, login_session_id, vm_id, kind, mode, relay_id, expires_at)
        VALUES (${stage.world.acme}::uuid, sha256('x'), sha256('x'), ${stage.world.mira}::uuid, ${ticketId}::uuid,
          ${stage.world.web}::uuid, 'screen', 'type', 'r1', now() + interval '1 hour')`,
    );
    await expect(longer).rejects.toMatchObject({ code: 'db/invalid' });
  });
});

describe('denying', () => {
  const deny = (denial: Partial<Parameters<typeof denyTicket>[1]>) =>
    denyTicket(stage.relay.pool, {
      ticketId: null,
      relayId: RELAY,
      outcome: 'right-gone',
      reason: 'no-grant',
      ip: '198.51.100.9',
      userAgent: 'test',
      ...denial,
    });

  it('tells the owner, writes the organisation’s log and uses the ticket up', async () => {
    const { ticket, ticketId } = await stage.issue();
    await deny({ ticketId });
    expect(await outcomeOf(ticketId)).toBe('right-gone');
    expect(await redeem(ticket)).toMatchObject({ refused: 'used-before' });
    const denied = (await stage.events(stage.world.acme)).filter(
      (event) => event.action === 'console.denied',
    );
    expect(denied.at(-1)).toMatchObject({
      outcome: 'refused',
      actor: { personId: stage.world.mira, name: 'mira' },
      target: { kind: 'vm', id: stage.world.web, name: 'web' },
      data: { ticketId, reason: 'no-grant', outcome: 'right-gone' },
    });
  });

  it('finds the owner by the ticket’s text where nothing was redeemed', async () => {
    const { ticket, ticketId } = await stage.issue();
    await deny({ ticket, outcome: 'other-site', reason: 'origin' });
    expect(await outcomeOf(ticketId)).toBe('other-site');
    expect(await redeem(ticket)).toMatchObject({ refused: null });
  });

  it('writes forged tickets into the platform’s chain: ten a minute in full, the rest as a count', async () => {
    const platform = '00000000-0000-0000-0000-000000000000';
    for (let n = 0; n < 25; n += 1)
      await deny({ ticket: forged(), outcome: 'revoked', reason: 'forged', ip: '203.0.113.1' });
    const before = (await stage.events(platform)).filter((event) => event.ip === '203.0.113.1');
    // A minute may have turned meanwhile; then there are twenty and a count.
    expect([10, 20, 21]).toContain(before.length);
    await stage.superuser.pool.query(
      "UPDATE rate_counter SET window_start = window_start - interval '1 minute'",
    );
    await stage.superuser.pool.query('SELECT housekeep()');
    const counts = (await stage.events(platform)).flatMap((event) => {
      const data = Object(event.data);
      return event.ip === '203.0.113.1' && data.suppressed !== undefined ? [Number(data.suppressed)] : [];
    });
    const inFull = (await stage.events(platform)).filter(
      (event) => event.ip === '203.0.113.1' && Object(event.data).suppressed === undefined,
    );
    expect(inFull.length + counts.reduce((sum, one) => sum + one, 0)).toBe(25);
  });
});
