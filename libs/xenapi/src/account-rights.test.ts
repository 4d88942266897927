import { describe, expect, it } from 'vitest';
import { ACCOUNT_NEEDS, lackedNeeds, readAccountRights } from './account-rights.ts';
import { XenSession } from './xen-session.ts';
import { XenApiError } from './xenapi-error.ts';

const REF = 'OpaqueRef:00000000-0000-4000-8000-000000000001';

/** A session whose pool gives these answers. */
function sessionAt(answers: Record<string, unknown>): XenSession {
  return XenSession.resume(
    {
      target: { host: 'x', port: 443, pin: { fingerprint256: '', pem: '' } },
      dialect: null,
      close: () => undefined,
      call: async (method: string, params: readonly unknown[] = []) => {
        expect(params).toEqual([REF, REF]);
        const answer = answers[method];
        if (answer instanceof Error) throw answer;
        return answer;
      },
    },
    REF,
  );
}

describe('what an account may do', () => {
  it('is everything for a superuser, who is asked for no list', async () => {
    const rights = await readAccountRights(sessionAt({ 'session.get_is_local_superuser': true }));
    expect(rights).toEqual({ isSuperuser: true, permissions: new Set() });
    expect(rights && lackedNeeds(rights)).toEqual([]);
  });

  it('is what the list names, in any case of letters', async () => {
    const names = [...ACCOUNT_NEEDS.console, ...ACCOUNT_NEEDS.power].map((name) => name.toUpperCase());
    const rights = await readAccountRights(
      sessionAt({ 'session.get_is_local_superuser': false, 'session.get_rbac_permissions': [...names, 7] }),
    );
    expect(rights && lackedNeeds(rights)).toEqual(['hostConsole']);
  });

  it('lacks a need whose last permission is missing', () => {
    const permissions = new Set<string>(ACCOUNT_NEEDS.power.slice(1));
    expect(lackedNeeds({ isSuperuser: false, permissions })).toEqual(['console', 'power', 'hostConsole']);
  });

  it.each([
    ['refuses to say', XenApiError.of('RBAC_PERMISSION_DENIED', [], 'session.get_is_local_superuser')],
    ['knows no such field', XenApiError.of('MESSAGE_METHOD_UNKNOWN', [], 'session.get_is_local_superuser')],
    ['says something else', 'yes'],
  ])('is not known where the pool %s', async (_what, answer) => {
    expect(await readAccountRights(sessionAt({ 'session.get_is_local_superuser': answer }))).toBeNull();
  });

  it('ends with the session where that is gone', async () => {
    const gone = XenApiError.of('SESSION_INVALID', [REF], 'session.get_is_local_superuser');
    const read = readAccountRights(sessionAt({ 'session.get_is_local_superuser': gone }));
    await expect(read).rejects.toMatchObject({ xenCode: 'SESSION_INVALID' });
  });
});
