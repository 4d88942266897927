import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  addGrant,
  addPoolRow,
  addVm,
  createFixture,
  emailOf,
  eventsOf,
  type Fixture,
  type Name,
} from '../testing/portal-fixture.ts';
import { approveRequest, refuseRequest } from './answer-request.ts';
import { breakGlass } from './ask-for-access.ts';
import { confirmGlass, reviewGlass } from './confirm-glass.ts';
import { countRequests, getRequest, listRequests } from './list-requests.ts';
import { CONFIRMATIONS, GLASS_LENGTHS_MS, GLASS_LIFE_MS } from './request-limits.ts';
import { requestsOfMachine } from './requests-of-machine.ts';

const ROUNDS = 20;
const LENGTH_MS = GLASS_LENGTHS_MS[0];
let fixture: Fixture;
let poolId: string;
let db01: string;

beforeAll(async () => {
  fixture = await createFixture();
  poolId = await addPoolRow(fixture);
});
afterAll(() => fixture.end());
beforeEach(async () => {
  await policy('on');
  await setMachine();
});

/** A machine at which mira may look and tom, beside jon, may share. */
async function setMachine() {
  db01 = await addVm(fixture, { name: 'db-01', poolId });
  await addGrant(fixture, { to: 'mira', vmId: db01, role: 'viewer' });
  await addGrant(fixture, { to: 'tom', vmId: db01, role: 'manager' });
  await fixture.sql('DELETE FROM rate_counter');
  await fixture.sql('DELETE FROM mail');
  await fixture.sql("UPDATE access_request SET outcome = 'expired', ended_at = now() WHERE outcome IS NULL");
}
const policy = (rule: 'on' | 'off') =>
  fixture.sql(
    'INSERT INTO tenant_policy (tenant_id, break_glass) VALUES ($1, $2) ON CONFLICT (tenant_id) DO UPDATE SET break_glass = $2',
    [fixture.tenants.acme, rule],
  );

const org = 'acme';
const ask = async (who: Name = 'mira') =>
  breakGlass(fixture.deps, await fixture.actor(who), {
    org,
    vmId: db01,
    lengthMs: LENGTH_MS,
    reason: 'database down',
  });
const confirm = async (who: Name, requestId: string, confirmedAt: Date | null = new Date()) =>
  confirmGlass(fixture.deps, { ...(await fixture.actor(who)), confirmedAt }, { org, requestId });
const review = async (who: Name, requestId: string) =>
  reviewGlass(fixture.deps, await fixture.actor(who), { org, requestId, text: 'right, and logged' });
const get = async (who: Name, requestId: string) =>
  getRequest(fixture.deps, await fixture.actor(who), { org, requestId });
const grantsOf = (requestId: string) =>
  fixture.sql('SELECT role, ends_at FROM access_grant WHERE request_id = $1', [requestId]);
const mails = async (kind: string) =>
  (await fixture.sql('SELECT to_email FROM mail WHERE kind = $1 ORDER BY 1', [kind])).map(
    ({ to_email }) => to_email,
  );
const eventsAbout = async (requestId: string) =>
  (await eventsOf(fixture, 'acme')).filter(
    ({ data }) => Reflect.get(Object(data), 'requestId') === requestId,
  );

describe('the way in for an emergency', () => {
  it('is closed unless the policy opens it', async () => {
    await policy('off');
    await expect(ask()).rejects.toMatchObject({ code: 'asked/no-glass' });
    const [row] = await fixture.sql(
      "SELECT column_default AS rule FROM information_schema.columns WHERE column_name = 'break_glass'",
    );
    expect(row?.rule).toContain('off');
  });

  it('is for who may not type, and for nobody who doesn’t know the machine', async () => {
    await expect(ask('tom')).rejects.toMatchObject({ code: 'asked/no-glass' });
    db01 = await addVm(fixture, { name: 'db-02', poolId });
    await expect(ask('mira')).rejects.toMatchObject({ code: 'vm/not-found' });
  });

  it('opens with the second person: Operator, for the short time that was named, loudly', async () => {
    const { requestId } = await ask();
    expect(await mails('glass-asked')).toEqual([emailOf('ana'), emailOf('jon'), emailOf('tom')]);
    expect(await confirm('jon', requestId)).toEqual({ missing: CONFIRMATIONS - 1 });
    expect(await grantsOf(requestId)).toEqual([]);
    expect(await confirm('tom', requestId)).toEqual({ missing: 0 });
    const [grant] = await grantsOf(requestId);
    expect(grant?.role).toBe('operator');
    expect(Number(grant?.ends_at) - Date.now()).toBeLessThanOrEqual(LENGTH_MS);
    expect(await mails('glass-broken')).toEqual([emailOf('ana'), emailOf('jon'), emailOf('mira')]);
    expect((await eventsAbout(requestId)).map(({ action }) => action)).toEqual([
      'glass.asked',
      'glass.confirmed',
      'glass.confirmed',
      'glass.broken',
    ]);
    expect((await eventsAbout(requestId)).at(-1)).toMatchObject({
      data: { confirmedBy: [{ name: 'jon' }, { name: 'tom' }], receiver: { name: 'mira' } },
    });
    const seen = await requestsOfMachine(fixture.deps, await fixture.actor('tom'), { org, vmId: db01 });
    expect(seen.emergencies).toMatchObject([{ person: 'mira' }]);
    expect(Math.max(...GLASS_LENGTHS_MS)).toBe(3_600_000);
  });

  it('wants two people, of whom none is the one who asks', async () => {
    const { requestId } = await ask();
    await expect(confirm('mira', requestId)).rejects.toMatchObject({ code: 'rbac/forbidden' });
    await confirm('jon', requestId);
    await expect(confirm('jon', requestId)).rejects.toMatchObject({ code: 'asked/confirmed' });
    await expect(confirm('ana', requestId)).rejects.toMatchObject({ code: 'vm/not-found' });
    await expect(
      approveRequest(fixture.deps, await fixture.actor('tom'), {
        org,
        requestId,
        role: 'operator',
        lengthMs: 3_600_000,
      }),
    ).rejects.toMatchObject({ code: 'asked/two-needed' });
    expect(await grantsOf(requestId)).toEqual([]);
  });

  it('wants each of them to prove just now who they are', async () => {
    const { requestId } = await ask();
    for (const confirmedAt of [null, new Date(Date.now() - 601_000)])
      await expect(confirm('jon', requestId, confirmedAt)).rejects.toMatchObject({
        code: 'auth/confirm-first',
      });
    expect((await get('jon', requestId)).confirmedBy).toEqual([]);
  });

  it('no longer counts who lost the right between', async () => {
    const { requestId } = await ask();
    await confirm('tom', requestId);
    await fixture.sql('UPDATE access_grant SET ended_at = now() WHERE person_id = $1 AND vm_id = $2', [
      fixture.people.tom,
      db01,
    ]);
    expect(await confirm('jon', requestId)).toEqual({ missing: 1 });
    expect(await grantsOf(requestId)).toEqual([]);
  });

  it('can be refused by one, also after the first confirmed it', async () => {
    const { requestId } = await ask();
    await confirm('jon', requestId);
    await refuseRequest(fixture.deps, await fixture.actor('tom'), { org, requestId, reason: 'no' });
    await expect(confirm('tom', requestId)).rejects.toMatchObject({ code: 'asked/decided' });
  });

  it(`waits for ${GLASS_LIFE_MS / 60_000} minutes and no longer`, async () => {
    const { requestId } = await ask();
    const { createdAt, expiresAt } = await get('mira', requestId);
    expect(expiresAt.getTime() - createdAt.getTime()).toBe(GLASS_LIFE_MS);
    await fixture.sql(
      "UPDATE access_request SET created_at = now() - interval '31 minutes', expires_at = now() - interval '1 minute' WHERE id = $1",
      [requestId],
    );
    await expect(confirm('jon', requestId)).rejects.toMatchObject({ code: 'asked/late' });
  });

  it(`never counts one person twice: ${ROUNDS} rounds of two windows at once`, async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const { requestId } = await ask();
      const same = await Promise.allSettled([confirm('jon', requestId), confirm('jon', requestId)]);
      expect(same.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(await grantsOf(requestId)).toEqual([]);
      await setMachine();
    }
  });

  it(`opens once where both come at once, in ${ROUNDS} rounds`, async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const { requestId } = await ask();
      const both = await Promise.all([confirm('jon', requestId), confirm('tom', requestId)]);
      expect(both.map(({ missing }) => missing).sort()).toEqual([0, 1]);
      expect(await grantsOf(requestId)).toHaveLength(1);
      await setMachine();
    }
  });

  it('has a database that counts for itself', async () => {
    const { requestId } = await ask();
    const vote = (personId: string) =>
      fixture.db.withTenant(fixture.tenants.acme, (tx) =>
        tx.requestConfirmation.create({
          data: {
            tenantId: fixture.tenants.acme,
            requestId,
            personId,
            personName: 'x',
            askerId: fixture.people.mira,
          },
          select: { personId: true },
        }),
      );
    await expect(vote(fixture.people.mira)).rejects.toThrow();
    await vote(fixture.people.jon);
    await expect(vote(fixture.people.jon)).rejects.toThrow();
    await expect(
      fixture.sql(
        `UPDATE access_request SET outcome = 'approved', ended_at = now(), ended_by = $2, ended_name = 'jon',
           given_role = 'operator', given_until = now() WHERE id = $1`,
        [requestId, fixture.people.jon],
      ),
    ).rejects.toThrow('two confirmations');
  });
});

describe('the review of an emergency', () => {
  it('stands on the page of all who watch until somebody wrote it, once, and never who asked', async () => {
    const { requestId } = await ask();
    await expect(review('jon', requestId)).rejects.toMatchObject({ code: 'asked/no-review' });
    await confirm('jon', requestId);
    await confirm('tom', requestId);
    await fixture.sql('UPDATE access_grant SET ends_at = now() WHERE request_id = $1', [requestId]);
    const reviewsOf = async (who: Name) =>
      (await listRequests(fixture.deps, await fixture.actor(who))).reviews.map(({ id }) => id);
    for (const who of ['jon', 'ana'] as const) expect(await reviewsOf(who)).toContain(requestId);
    expect((await countRequests(fixture.deps, await fixture.actor('ana'))).waiting).toBeGreaterThan(0);
    await expect(review('mira', requestId)).rejects.toMatchObject({ code: 'rbac/forbidden' });
    await expect(review('tom', requestId)).rejects.toMatchObject({ code: 'rbac/forbidden' });
    await fixture.sql(
      "INSERT INTO emergency_lock (tenant_id, person_id, reason) VALUES ($1, $2, 'stolen laptop')",
      [fixture.tenants.acme, fixture.people.ana],
    );
    await expect(review('ana', requestId)).rejects.toMatchObject({ code: 'rbac/forbidden' });
    expect(await reviewsOf('ana')).not.toContain(requestId);
    await fixture.sql('DELETE FROM emergency_lock');
    const both = await Promise.allSettled([review('ana', requestId), review('jon', requestId)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await reviewsOf('jon')).not.toContain(requestId);
    expect((await eventsAbout(requestId)).at(-1)).toMatchObject({
      action: 'glass.reviewed',
      data: { review: 'right, and logged' },
    });
  });
});
