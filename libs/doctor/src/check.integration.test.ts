import { describe, expect, it } from 'vitest';
import { checkFromRelay } from './check-from-relay.ts';
import { checkFromWorker } from './check-from-worker.ts';
import { openCheckScene, stepsOf } from './test-check-scene.ts';
import { FAULT_CASES, playFault } from './test-faults.ts';

describe('each fault has its own cause', () => {
  it.concurrent.each(FAULT_CASES.map((fault) => [fault.name, fault] as const))('%s', async (_name, fault) => {
    expect((await playFault(fault)).breaches).toEqual([]);
  });
});

describe('a check of what is well', () => {
  it('goes from the name to the banner, in the order of a console’s way, and leaves nothing open', async () => {
    const scene = await openCheckScene();
    try {
      const before = scene.pool.openSessions();
      const steps = await scene.check();
      expect(steps.map(({ place, name }) => `${place} ${name}`)).toEqual([
        ...['dns', 'tcp', 'tls', 'xenapi', 'login', 'role', 'events', 'residence', 'consoles'].map(
          (n) => `worker ${n}`,
        ),
        ...['dns', 'tcp', 'tls', 'connect', 'banner'].map((n) => `relay ${n}`),
      ]);
      expect(steps.at(-1)).toMatchObject({
        state: 'good',
        detail: expect.stringMatching(/^RFB 003\.00[38]$/),
      });
      expect(scene.pool.openSessions()).toBe(before);
      await expect.poll(() => scene.pool.openTunnels()).toBe(0);
    } finally {
      await scene.close();
    }
  });

  it('after a step that went wrong the others of its chain are not tried', async () => {
    const scene = await openCheckScene();
    try {
      await scene.pool.swapCertificate(0);
      const steps = await scene.check();
      const worker = steps.filter(({ place }) => place === 'worker').map(({ name, state }) => [name, state]);
      expect(worker.slice(2)).toEqual([
        ['tls', 'bad'],
        ...['xenapi', 'login', 'role', 'events', 'residence', 'consoles'].map((name) => [name, 'untried']),
      ]);
      // The password was not sent to the stranger.
      expect(scene.pool.stats().callsByMethod['session.login_with_password']).toBe(1);
    } finally {
      await scene.close();
    }
  });

  it('throws nobody off a screen who is on it', async () => {
    const scene = await openCheckScene();
    const { openConsoleTunnel } = await import('@porthole/xenapi');
    const [host] = scene.relay.hosts;
    if (host?.session == null || host.vm === null) throw new Error('no host in the scene');
    const { address, port, pin, sessionRef } = host.session;
    const sitting = await openConsoleTunnel(
      { policy: scene.policy },
      { target: { host: address, port, pin }, sessionRef, consoleRef: host.vm.consoleRef },
    );
    try {
      let isCut = false;
      sitting.socket.once('close', () => {
        isCut = true;
      });
      const steps = await stepsOf('relay', (run) => checkFromRelay(run, scene.relay.deps, scene.relay.hosts));
      expect(steps.at(-1)).toMatchObject({ name: 'banner', state: 'good' });
      expect([isCut, scene.pool.openTunnels('rfb') >= 1]).toEqual([false, true]);
    } finally {
      sitting.socket.destroy();
      await scene.close();
    }
  });

  it('of IPv6 alone tells its family, and a name without an address of one family is no fault', async () => {
    const scene = await openCheckScene({ address: '::1' });
    try {
      const steps = await scene.check();
      expect(steps.filter(({ name }) => name === 'tcp').map(({ family, state }) => [family, state])).toEqual([
        [6, 'good'],
        [6, 'good'],
      ]);
    } finally {
      await scene.close();
    }
  });

  it('of a name looks at each family by itself: what is not used is told as a warning', async () => {
    const scene = await openCheckScene();
    try {
      const { deps, target } = scene.worker;
      const pool = { ...deps.pool, address: 'xen-1.example', port: 443 };
      const statesWith = async (...answers: string[]) => {
        const policy = {
          ...deps.policy,
          allowedCidrs: ['fd00::/8', '10.0.0.0/8'],
          resolve: async () => answers,
        };
        const steps = await stepsOf(
          'worker',
          (run) => checkFromWorker(run, { ...deps, policy, pool }, target),
          300,
        );
        return (name: string) =>
          steps.filter((step) => step.name === name).map(({ family, state }) => [family, state]);
      };
      const both = await statesWith('10.255.255.1', 'fd00::dead');
      expect(both('dns')).toEqual([
        [4, 'good'],
        [6, 'good'],
      ]);
      expect(both('tcp')).toContainEqual([6, 'warn']);
      const alone = await statesWith('fd00::dead');
      expect(alone('dns')).toEqual([
        [4, 'none'],
        [6, 'good'],
      ]);
      expect(alone('tcp')).toEqual([[6, 'bad']]);
      const none = await statesWith();
      expect(none('dns').at(-1)).toEqual([null, 'bad']);
    } finally {
      await scene.close();
    }
  });

  it('refuses an address that is not allowed before it dials', async () => {
    const scene = await openCheckScene();
    try {
      const { deps, target } = scene.worker;
      const pool = { ...deps.pool, address: '169.254.169.254', port: 443 };
      const steps = await stepsOf('worker', (run) => checkFromWorker(run, { ...deps, pool }, target));
      expect(steps.find(({ name }) => name === 'tcp')).toMatchObject({
        state: 'bad',
        cause: 'address-not-allowed',
      });
    } finally {
      await scene.close();
    }
  });
});
