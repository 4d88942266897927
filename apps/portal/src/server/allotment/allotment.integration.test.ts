import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AllotmentStage, rule, setAllotmentStage } from '../testing/allotment-stage.ts';
import { addGrant, addPoolRow, addSeat, addVm, eventsOf } from '../testing/portal-fixture.ts';
import { findOrganisations } from './find-organisations.ts';
import { readAllotment } from './read-allotment.ts';

let stage: AllotmentStage;

beforeAll(async () => {
  stage = await setAllotmentStage();
});
beforeEach(() => stage.newPool());
afterAll(() => stage.fixture.end());

describe('the preview', () => {
  it('says exactly what would move, from whom to whom, and who is hit now, and changes nothing', async () => {
    const web = await stage.vm('web-01', { holder: 'globex', tags: ['acme'] });
    await stage.vm('web-02', { tags: ['acme'] });
    await stage.vm('db-01');
    await addSeat(stage.fixture, { tenant: 'globex', person: 'gus', vmId: web });
    await addGrant(stage.fixture, { to: 'gus', vmId: web, role: 'viewer' });
    const seen = await stage.preview({ rules: [rule('tag', 'acme')] });
    expect(seen).toMatchObject({
      total: 2,
      nextCursor: null,
      rows: [
        { name: 'web-01', from: { slug: 'globex' }, to: { slug: 'acme' }, because: 0, persons: 1, grants: 1 },
        { name: 'web-02', from: { slug: 'northgate' }, to: { slug: 'acme' }, persons: 0, grants: 0 },
      ],
      hit: { persons: 1, grants: 1, operations: 0 },
    });
    expect(seen.ways).toHaveLength(2);
    expect(await stage.holderOf(web)).toEqual(['globex', false]);
    expect((await stage.read()).rules).toEqual([]);
  });

  it('names nobody of another organisation', async () => {
    const web = await stage.vm('web-01', { holder: 'globex' });
    await addSeat(stage.fixture, { tenant: 'globex', person: 'gus', vmId: web });
    expect(JSON.stringify(await stage.preview({}))).not.toContain(stage.fixture.people.gus);
  });

  it('is told apart from what is true by then, and nothing moves that nobody has seen', async () => {
    const web = await stage.vm('web-01', { tags: ['acme'] });
    const draft = { rules: [rule('tag', 'acme')] };
    const { seen } = await stage.preview(draft);
    const late = await stage.vm('web-02', { tags: ['acme'] });
    await expect(stage.apply(draft, seen)).rejects.toMatchObject({ code: 'allotment/changed-meanwhile' });
    expect([await stage.holderOf(web), await stage.holderOf(late)]).toEqual([
      ['northgate', false],
      ['northgate', false],
    ]);
    expect((await stage.read()).rules).toEqual([]);
  });

  it('is refused for a draft that was made from older rules, and so is what it would move', async () => {
    const web = await stage.vm('web-01');
    const draft = { version: 0, rules: [rule('name', 'web-*')] };
    const { seen } = await stage.preview(draft);
    await stage.apply({ hands: [{ vmId: web, holder: 'globex' }] });
    await expect(stage.preview(draft)).rejects.toMatchObject({ code: 'allotment/changed-meanwhile' });
    await expect(stage.apply(draft, seen)).rejects.toMatchObject({ code: 'allotment/changed-meanwhile' });
    expect(await stage.holderOf(web)).toEqual(['globex', true]);
  });

  it('of another draft does not do for this one', async () => {
    await stage.vm('web-01', { tags: ['acme'] });
    const { seen } = await stage.preview({ rules: [rule('tag', 'acme')] });
    await expect(stage.apply({ rules: [rule('tag', 'acme', 'globex')] }, seen)).rejects.toMatchObject({
      code: 'allotment/changed-meanwhile',
    });
  });
});

describe('rules', () => {
  it('give machines by tag, folder and name, the first that fits wins, and the rest stays', async () => {
    const [tagged, foldered, named, other] = [
      await stage.vm('shop-1', { tags: ['acme'] }),
      await stage.vm('anything'),
      await stage.vm('GLOBEX-db'),
      await stage.vm('other'),
    ];
    await stage.fixture.sql("UPDATE vm SET folder = '/customers/acme/eu' WHERE id = $1", [foldered]);
    const rules = [
      rule('name', 'globex-*', 'globex'),
      rule('tag', 'acme'),
      rule('folder', '/customers/acme'),
    ];
    expect(await stage.apply({ rules })).toMatchObject({ moved: 3, left: 0 });
    expect(await stage.holderOf(tagged)).toEqual(['acme', false]);
    expect(await stage.holderOf(foldered)).toEqual(['acme', false]);
    expect(await stage.holderOf(named)).toEqual(['globex', false]);
    expect(await stage.holderOf(other)).toEqual(['northgate', false]);
    expect(await stage.read()).toMatchObject({
      machines: 4,
      unruled: 1,
      byHand: 0,
      pending: 0,
      rules: [{ machines: 1, holder: { slug: 'globex' } }, { machines: 1 }, { machines: 1 }],
    });
  });

  it('that are taken away give machines back to the owner of the pool', async () => {
    const web = await stage.vm('web-01', { tags: ['acme'] });
    await stage.apply({ rules: [rule('tag', 'acme')] });
    expect(await stage.apply({})).toMatchObject({ moved: 1, left: 0 });
    expect(await stage.holderOf(web)).toEqual(['northgate', false]);
  });

  it('never move a control domain, and no hand does', async () => {
    const control = await stage.vm('Control domain', { isControlDomain: true });
    expect(await stage.preview({ rules: [rule('name', '*')] })).toMatchObject({ total: 0 });
    await expect(stage.preview({ hands: [{ vmId: control, holder: 'acme' }] })).rejects.toMatchObject({
      code: 'allotment/control-domain',
    });
  });

  it('name organisations that there are', async () => {
    await expect(stage.preview({ rules: [rule('tag', 'x', 'nobody')] })).rejects.toMatchObject({
      code: 'pool/unknown-holder',
    });
  });

  it('stand in the log as they are now', async () => {
    const rules = Array.from({ length: 50 }, (_, at) => rule('name', `${'\u{1F600}'.repeat(99)}${at}`));
    await stage.apply({ rules });
    const events = (await eventsOf(stage.fixture, 'northgate')).filter(
      ({ action }) => action === 'allotment.changed',
    );
    expect(
      events
        .slice(-3)
        .map(({ data }) => [Reflect.get(Object(data), 'first'), Reflect.get(Object(data), 'total')]),
    ).toEqual([
      [0, 50],
      [20, 50],
      [40, 50],
    ]);
  });
});

describe('a hand', () => {
  it('wins over the rules until the machine is given back to them', async () => {
    const web = await stage.vm('web-01', { tags: ['acme'] });
    const rules = [rule('tag', 'acme')];
    expect(await stage.apply({ rules, hands: [{ vmId: web, holder: 'globex' }] })).toMatchObject({
      moved: 1,
      left: 0,
    });
    expect(await stage.holderOf(web)).toEqual(['globex', true]);
    expect(await stage.preview({ rules })).toMatchObject({ total: 0 });
    expect(await stage.apply({ rules, hands: [{ vmId: web, holder: null }] })).toMatchObject({
      moved: 1,
      left: 0,
    });
    expect(await stage.holderOf(web)).toEqual(['acme', false]);
  });

  it('keeps a machine where it is, whatever the rules say later', async () => {
    const web = await stage.vm('web-01', { tags: ['acme'] });
    const applied = await stage.apply({ hands: [{ vmId: web, holder: 'northgate' }] });
    expect(applied).toMatchObject({ moved: 0, left: 0 });
    expect(await stage.read()).toMatchObject({ version: applied.version });
    expect(await stage.preview({ rules: [rule('tag', 'acme')] })).toMatchObject({ total: 0 });
  });

  it('finds no machine of another pool', async () => {
    const elsewhere = await addVm(stage.fixture, {
      name: 'x',
      poolId: await addPoolRow(stage.fixture),
      holder: 'northgate',
    });
    const absent = randomUUID();
    for (const vmId of [elsewhere, absent])
      await expect(stage.preview({ hands: [{ vmId, holder: 'acme' }] })).rejects.toMatchObject({
        code: 'vm/not-found',
      });
  });
});

describe('a machine that moves', () => {
  it('ends grants, passes and power operations that were not sent, and raises both epochs', async () => {
    const web = await stage.vm('web-01', { holder: 'acme' });
    const ended = await addGrant(stage.fixture, { to: 'tom', vmId: web, role: 'viewer' });
    await stage.fixture.sql('UPDATE access_grant SET ended_at = now() WHERE id = $1', [ended]);
    const grant = await addGrant(stage.fixture, { to: 'mira', vmId: web, role: 'operator' });
    await addTicket(web);
    await addSeat(stage.fixture, { tenant: 'acme', person: 'mira', vmId: web });
    const [waiting, sent] = [await addOperation(web, 'waiting'), await addOperation(web, 'running')];
    const before = [await stage.epochOf('acme'), await stage.epochOf('globex')];

    await stage.apply({ hands: [{ vmId: web, holder: 'globex' }] });
    expect(await stage.fixture.sql('SELECT 1 FROM access_grant WHERE vm_id = $1', [web])).toEqual([]);
    expect(await stage.fixture.sql('SELECT 1 FROM console_ticket WHERE vm_id = $1', [web])).toEqual([]);
    const steps = await stage.fixture.sql(
      'SELECT id, step, failure FROM power_operation WHERE vm_id = $1 ORDER BY step',
      [web],
    );
    expect(steps).toEqual([
      { id: sent, step: 'running', failure: null },
      { id: waiting, step: 'failed', failure: 'gone' },
    ]);
    const after = [await stage.epochOf('acme'), await stage.epochOf('globex')];
    expect(after.every((epoch, at) => epoch > (before[at] ?? 0n))).toBe(true);

    // Who had it reads that it left and not who has it, who has it that it came and not from whom.
    expect(await stage.told('acme', web)).toMatchObject([
      {
        action: 'power.failed',
        actor: { name: 'provider' },
        data: { operationId: waiting, why: 'gone', asker: { name: 'mira', token: { name: 'Nightly' } } },
      },
      { action: 'grant.ended', data: { grantId: grant, why: 'machine-left', receiver: { name: 'mira' } } },
      { action: 'vm.left', actor: { name: 'provider', personId: null }, data: { consoles: 1, grants: 1 } },
    ]);
    expect(await stage.told('globex', web)).toMatchObject([{ action: 'vm.arrived', data: {} }]);
    expect(JSON.stringify(await stage.told('acme', web))).not.toMatch(/globex|olga/i);
    expect(JSON.stringify(await stage.told('globex', web))).not.toMatch(/acme|olga/i);
    expect(await stage.told('northgate', web)).toMatchObject([
      {
        action: 'vm.allotted',
        actor: { name: 'olga' },
        ip: '192.0.2.7',
        data: { from: { name: 'ACME' }, to: { name: 'GLOBEX' }, why: 'hand', consoles: 1, grants: 1 },
      },
    ]);
  });

  it('is moved by nobody else: the portal has no right to the column, nor in another organisation’s name', async () => {
    const web = await stage.vm('web-01');
    const { db } = stage.fixture;
    const { northgate, acme } = stage.fixture.tenants;
    const refused = { code: 'db/refused' };
    await expect(
      db.withTenant(
        northgate,
        (tx) => tx.$executeRaw`UPDATE vm SET tenant_id = ${acme}::uuid WHERE id = ${web}::uuid`,
      ),
    ).rejects.toMatchObject(refused);
    const asked = JSON.stringify([{ vm: web, to: acme, hand: true }]);
    const move = (context: string, owner: string) =>
      db.withTenant(
        context,
        (tx) =>
          tx.$queryRaw`SELECT has_moved FROM vms_allot(${owner}::uuid, ${stage.id}::uuid, 0, ${asked}::jsonb, '{}'::jsonb, NULL)`,
      );
    await expect(move(acme, northgate)).rejects.toMatchObject(refused);
    // The holder is no owner: of its own there is no such pool.
    await expect(move(acme, acme)).rejects.toThrow();
    expect(await stage.holderOf(web)).toEqual(['northgate', false]);
  });

  it('goes away from its owner by a provider alone', async () => {
    const [own, web] = [randomUUID(), randomUUID()];
    const { globex, acme } = stage.fixture.tenants;
    await stage.fixture.sql(
      "INSERT INTO pool (tenant_id, id, display_name, address, pin) SELECT $1, $2, 'Own', '10.0.0.9', pin FROM pool LIMIT 1",
      [globex, own],
    );
    await stage.fixture.sql(
      "INSERT INTO vm (tenant_id, id, pool_tenant_id, pool_id, uuid, name, power_state) VALUES ($1, $2, $1, $3, $2, 'own', 'Running')",
      [globex, web, own],
    );
    const asked = JSON.stringify([{ vm: web, to: acme, hand: true }]);
    const rows = await stage.fixture.db.withTenant(
      globex,
      (tx) =>
        tx.$queryRaw`SELECT has_moved FROM vms_allot(${globex}::uuid, ${own}::uuid, 0, ${asked}::jsonb, '{}'::jsonb, NULL)`,
    );
    expect(rows).toEqual([{ has_moved: false }]);
    expect(await stage.holderOf(web)).toEqual(['globex', false]);
  });

  it('stays where it is while it is gone, and the history of its consoles with whom they were', async () => {
    const web = await stage.vm('web-01', { tags: ['acme'] });
    await stage.fixture.sql('UPDATE vm SET gone_at = now() WHERE id = $1', [web]);
    expect(await stage.preview({ rules: [rule('tag', 'acme')] })).toMatchObject({ total: 0 });
  });
});

describe('who else may know', () => {
  it('is nobody: holders, their admins and strangers are refused or find no such pool', async () => {
    const web = await stage.vm('web-01', { holder: 'acme' });
    for (const name of ['jon', 'mira', 'ana'] as const) {
      const actor = await stage.fixture.actor(name);
      await expect(
        readAllotment(stage.fixture.deps, actor, { org: 'acme', id: stage.id }),
      ).rejects.toMatchObject({
        code: 'rbac/forbidden',
      });
      await expect(
        findOrganisations(stage.fixture.deps, actor, { org: 'acme', q: '' }),
      ).rejects.toMatchObject({
        code: 'rbac/forbidden',
      });
    }
    // Even past the use-cases, by the portal's own role: no rule and no list of organisations.
    await stage.apply({ rules: [rule('name', '*')] });
    const { acme } = stage.fixture.tenants;
    const asAcme = await stage.fixture.db.withTenant(acme, async (tx) => [
      await tx.allotment.count(),
      await tx.$queryRaw`SELECT * FROM tenants_to_hold(NULL, '', 500)`,
      await tx.$queryRaw`SELECT * FROM tenants_to_hold(${[stage.fixture.tenants.globex]}::uuid[], '', 500)`,
      await tx.$queryRaw`SELECT allotment_persons(${stage.fixture.tenants.northgate}::uuid, ${stage.id}::uuid, ${[web]}::uuid[]) AS n`,
    ]);
    expect(asAcme).toEqual([0, [], [], [{ n: 0 }]]);
  });

  it('finds organisations by letters of their names, for the provider', async () => {
    const found = await findOrganisations(stage.fixture.deps, await stage.fixture.actor('olga'), {
      org: stage.org,
      q: 'OBE',
    });
    expect(found).toEqual([{ slug: 'globex', name: 'GLOBEX' }]);
  });
});

async function addTicket(vmId: string): Promise<void> {
  await stage.fixture.sql(
    `INSERT INTO console_ticket (tenant_id, secret_hash, binder_hash, person_id, login_session_id, vm_id, kind, mode, relay_id, expires_at)
     VALUES ($1, $2, $2, $3, gen_random_uuid(), $4, 'screen', 'look', 'r', now() + interval '20 seconds')`,
    [stage.fixture.tenants.acme, randomBytes(32), stage.fixture.people.mira, vmId],
  );
}

async function addOperation(vmId: string, step: 'waiting' | 'running'): Promise<string> {
  const [row] = await stage.fixture.sql(
    `INSERT INTO power_operation (tenant_id, pool_tenant_id, pool_id, vm_id, vm_uuid, vm_name, act, step, person_id, person_name,
       token_id, token_name)
     VALUES ($1, $2, $3, $4, gen_random_uuid(), 'web-01', $5::power_act, $6::power_step, $7, 'mira', gen_random_uuid(), 'Nightly')
     RETURNING id`,
    [
      stage.fixture.tenants.acme,
      stage.fixture.tenants.northgate,
      stage.id,
      vmId,
      step === 'waiting' ? 'start' : 'hard_reboot',
      step,
      stage.fixture.people.mira,
    ],
  );
  return String(row?.id);
}
