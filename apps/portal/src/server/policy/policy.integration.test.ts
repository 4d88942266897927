import { POLICY_BOUNDS } from '@porthole/relay-contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Browser } from '../testing/browser.ts';
import { createFixture, eventsOf, type Fixture, type Name } from '../testing/portal-fixture.ts';
import { changePolicy } from './change-policy.ts';
import type { PolicyValues } from './policy.ts';
import { readPolicy } from './read-policy.ts';

let fixture: Fixture;

beforeAll(async () => {
  fixture = await createFixture();
});
beforeEach(() => fixture.sql('DELETE FROM tenant_policy'));
afterAll(() => fixture.end());

const DEFAULTS: PolicyValues = {
  clipboard: 'both',
  keyboard: 'free',
  idleTimeoutMs: 1_800_000,
  maximumTimeMs: 28_800_000,
  textKeptMs: 900_000,
  scrollbackBytes: 262_144,
  secondFactor: 'off',
  consoleFactorMaxAgeMs: 0,
  breakGlass: 'off' as const,
};
const read = async (by: Name) => readPolicy(fixture.deps, await fixture.actor(by));
const change = async (by: Name, version: number, values: Partial<PolicyValues>) =>
  changePolicy(fixture.deps, await fixture.actor(by), { org: 'acme', version, ...DEFAULTS, ...values });
const policyEvents = async () =>
  (await eventsOf(fixture, 'acme')).filter(({ action }) => action === 'policy.changed');
const epochs = async () =>
  fixture.sql('SELECT slug, authority_epoch AS epoch FROM tenant WHERE slug IN ($1, $2) ORDER BY slug', [
    'acme',
    'globex',
  ]);

describe('reading the policy', () => {
  it('tells Porthole’s own numbers where nothing is set', async () => {
    expect(await read('jon')).toEqual({
      ...DEFAULTS,
      version: 0,
      changed: null,
      networks: [],
      mayChange: true,
    });
  });

  it.each<[boolean, boolean, string]>([
    [true, true, 'both'],
    [true, false, 'into'],
    [false, true, 'out-of'],
    [false, false, 'none'],
  ])('tells both directions of the clipboard as one word: %s, %s', async (into, outOf, clipboard) => {
    await fixture.sql(
      'INSERT INTO tenant_policy (tenant_id, clipboard_to_guest, clipboard_from_guest) VALUES ($1, $2, $3)',
      [fixture.tenants.acme, into, outOf],
    );
    expect(await read('jon')).toMatchObject({ clipboard });
  });

  it('is an auditor’s, who changes nothing and reads no networks', async () => {
    await fixture.sql("INSERT INTO tenant_policy (tenant_id, allowed_cidrs) VALUES ($1, '{10.0.0.0/8}')", [
      fixture.tenants.acme,
    ]);
    expect(await read('ana')).toMatchObject({ mayChange: false, networks: [] });
    expect(await read('jon')).toMatchObject({ mayChange: true, networks: ['10.0.0.0/8'] });
  });

  it('is refused to a member', async () => {
    await expect(read('mira')).rejects.toMatchObject({ code: 'rbac/forbidden' });
  });

  it('tells the organisation’s own alone', async () => {
    await change('jon', 0, { clipboard: 'none' });
    expect(await readPolicy(fixture.deps, await fixture.actor('gus'))).toMatchObject({ clipboard: 'both' });
  });
});

describe('changing the policy', () => {
  it('about second factors asks for a fresh proof, and about the rest for none', async () => {
    const actor = { ...(await fixture.actor('jon')), confirmedAt: new Date(Date.now() - 11 * 60_000) };
    const late = (version: number, values: Partial<PolicyValues>) =>
      changePolicy(fixture.deps, actor, { org: 'acme', version, ...DEFAULTS, ...values });
    await change('jon', 0, { secondFactor: 'members', consoleFactorMaxAgeMs: 300_000 });
    await fixture.sql('UPDATE login_session SET factor_at = now()');
    const stands = { secondFactor: 'members', consoleFactorMaxAgeMs: 300_000 } as const;
    for (const loosened of [{ secondFactor: 'off' }, { consoleFactorMaxAgeMs: 0 }] as const)
      await expect(late(1, { ...stands, ...loosened })).rejects.toMatchObject({ code: 'auth/confirm-first' });
    expect(await late(1, { ...stands, clipboard: 'none' })).toEqual({ version: 2 });
  });

  const changed: PolicyValues = {
    clipboard: 'out-of',
    keyboard: 'ask-only',
    idleTimeoutMs: 120_000,
    maximumTimeMs: 3_600_000,
    textKeptMs: 0,
    scrollbackBytes: 65_536,
    secondFactor: 'off',
    consoleFactorMaxAgeMs: 900_000,
    breakGlass: 'on' as const,
  };

  it('is kept, with who did it and when, and raises the epoch of that organisation alone', async () => {
    const before = await epochs();
    expect(await change('jon', 0, changed)).toEqual({ version: 1 });
    expect(await read('ana')).toMatchObject({
      ...changed,
      version: 1,
      changed: { by: 'jon', at: expect.any(Date) },
    });
    const [acme, globex] = await epochs();
    expect(acme?.epoch).not.toBe(before[0]?.epoch);
    expect(globex).toEqual(before[1]);
  });

  it('stands in the log, each setting that changed from what to what, and no other', async () => {
    await change('jon', 0, { clipboard: 'none' });
    const already = (await policyEvents()).length;
    await change('jon', 1, { clipboard: 'into', idleTimeoutMs: 300_000 });
    expect((await policyEvents()).slice(already)).toMatchObject([
      {
        outcome: 'ok',
        actor: { name: 'jon' },
        target: { kind: 'organisation', id: fixture.tenants.acme, name: 'ACME' },
        data: {
          changes: [
            { setting: 'clipboard', from: 'none', to: 'into' },
            { setting: 'idleTimeoutMs', from: 1_800_000, to: 300_000 },
          ],
        },
      },
    ]);
  });

  it('to what it is already changes nothing and says nothing', async () => {
    await change('jon', 0, { clipboard: 'none' });
    const [events, before] = [await policyEvents(), await epochs()];
    expect(await change('jon', 1, { clipboard: 'none' })).toEqual({ version: 1 });
    expect(await policyEvents()).toEqual(events);
    expect(await epochs()).toEqual(before);
  });

  it('is refused over another’s change, whose name is told, and nothing is kept of it', async () => {
    await change('jon', 0, { clipboard: 'none' });
    const events = await policyEvents();
    await expect(change('jon', 0, { keyboard: 'one-person' })).rejects.toMatchObject({
      code: 'policy/changed-meanwhile',
      publicMessage: 'jon changed this meanwhile. What you wrote is kept.',
    });
    expect(await read('jon')).toMatchObject({ clipboard: 'none', keyboard: 'free', version: 1 });
    expect(await policyEvents()).toEqual(events);
  });

  it('happens once where two save at the same moment', async () => {
    const both = await Promise.allSettled([
      change('jon', 0, { clipboard: 'none' }),
      change('jon', 0, { clipboard: 'into' }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await read('jon')).toMatchObject({ version: 1 });
  });

  it('leaves what the provider set as it was', async () => {
    await fixture.sql("INSERT INTO tenant_policy (tenant_id, allowed_cidrs) VALUES ($1, '{10.0.0.0/8}')", [
      fixture.tenants.acme,
    ]);
    await change('jon', 0, { clipboard: 'none' });
    expect(await read('jon')).toMatchObject({ networks: ['10.0.0.0/8'], clipboard: 'none' });
  });

  it('is not kept where it cannot be written to the log', async () => {
    await fixture.sql('ALTER FUNCTION audit_append(uuid, uuid, text) RENAME TO audit_append_away');
    try {
      await expect(change('jon', 0, { clipboard: 'none' })).rejects.toThrow();
    } finally {
      await fixture.sql('ALTER FUNCTION audit_append_away(uuid, uuid, text) RENAME TO audit_append');
    }
    expect(await read('jon')).toMatchObject({ clipboard: 'both', version: 0 });
  });

  it.each<[string, Name]>([
    ['an auditor', 'ana'],
    ['a member', 'mira'],
  ])('is refused to %s', async (_who, by) => {
    await expect(change(by, 0, { clipboard: 'none' })).rejects.toMatchObject({ code: 'rbac/forbidden' });
    expect(await read('jon')).toMatchObject({ clipboard: 'both', version: 0 });
  });
});

describe('the call', () => {
  const signedIn = async (name: Name) => {
    const browser = new Browser(fixture.deps);
    expect((await browser.signIn(name)).status).toBe(200);
    return browser;
  };
  const numbers = Object.entries(POLICY_BOUNDS);

  it.each(numbers)(
    'takes no %s outside of its bounds, and both ends of them',
    async (setting, { least, most }) => {
      const browser = await signedIn('jon');
      const send = async (value: unknown, version = 0) =>
        (await browser.mutate('policy.change', { org: 'acme', version, ...DEFAULTS, [setting]: value }))
          .status;
      for (const value of [least - 1, most + 1, least + 0.5, Number.NaN, String(most), null])
        expect([value, await send(value)]).toEqual([value, 400]);
      expect(await send(least)).toBe(200);
      expect(await send(most, 1)).toBe(200);
    },
  );

  it.each([
    ['clipboard', 'everything'],
    ['keyboard', 'anybody'],
  ])('takes no %s that nobody knows', async (setting, value) => {
    const browser = await signedIn('jon');
    const input = { org: 'acme', version: 0, ...DEFAULTS, [setting]: value };
    expect((await browser.mutate('policy.change', input)).status).toBe(400);
  });

  it('answers 409 in words to who was late', async () => {
    const browser = await signedIn('jon');
    await change('jon', 0, { clipboard: 'none' });
    const answer = await browser.mutate('policy.change', { org: 'acme', version: 0, ...DEFAULTS });
    expect(answer.status).toBe(409);
    expect(answer.error).toMatchObject({
      message: 'jon changed this meanwhile. What you wrote is kept.',
      data: { appCode: 'policy/changed-meanwhile' },
    });
  });
});
