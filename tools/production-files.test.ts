import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { loadEnv as loadCourierEnv } from '../apps/courier/src/env.ts';
import { loadEnv as loadWorkerEnv } from '../apps/pool-worker/src/env.ts';
import { loadEnv as loadPortalEnv } from '../apps/portal/src/env.ts';
import { securityHeaders } from '../apps/portal/src/server/security-headers.ts';
import { loadEnv as loadRelayEnv } from '../apps/ws-relay/src/env.ts';

// There is no container engine in the test run: what can be known without one is checked here, and the docs say so.

const root = path.join(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

const serviceSchema = z.object({
  image: z.string().optional(),
  build: z.object({ context: z.string(), target: z.string() }).optional(),
  ports: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  secrets: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  networks: z.union([z.array(z.string()), z.record(z.string(), z.unknown())]),
  depends_on: z.record(z.string(), z.unknown()).default({}),
  read_only: z.boolean().optional(),
  cap_drop: z.array(z.string()).optional(),
  security_opt: z.array(z.string()).optional(),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
});
const compose = z
  .object({
    services: z.record(z.string(), serviceSchema),
    networks: z.record(z.string(), z.object({ internal: z.boolean().optional() })),
    volumes: z.record(z.string(), z.unknown()),
    secrets: z.record(z.string(), z.object({ file: z.string() })),
  })
  .parse(parse(read('docker-compose.yml'), { merge: true }));
const { services } = compose;
const service = (name: string) => serviceSchema.parse(services[name]);
const networksOf = ({ networks }: z.infer<typeof serviceSchema>): string[] =>
  Array.isArray(networks) ? networks : Object.keys(networks);
const OURS = ['portal', 'relay', 'worker', 'courier', 'migrate'] as const;

/** .env.example as compose reads it: KEY=value lines. */
const example = Object.fromEntries(
  read('.env.example')
    .split('\n')
    .filter((line) => /^[A-Z_]+=/.test(line))
    .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
);

/** A service's environment with `${NAME:-default}` filled in from .env.example. */
function environmentOf(name: string): Record<string, string> {
  const fill = (text: string): string =>
    text.replace(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_, key: string, kind: string, rest: string) => {
      const value = example[key] ?? (kind === '-' ? rest : undefined);
      if (value === undefined) throw new Error(`${key} stands neither in .env.example nor has it a default`);
      return value;
    });
  return Object.fromEntries(
    Object.entries(service(name).environment).map(([key, text]) => [key, fill(text)]),
  );
}

const dockerfile = read('Dockerfile');
const stages = dockerfile.split(/^FROM /m).slice(1);

describe('docker-compose.yml', () => {
  it('opens ports of the proxy alone', () => {
    expect(Object.keys(services).filter((name) => service(name).ports !== undefined)).toEqual(['proxy']);
  });

  it('lets nobody but the proxy meet both the outside and the apps, and the database only its own network', () => {
    expect(Object.keys(services).filter((name) => networksOf(service(name)).includes('outside'))).toEqual([
      'proxy',
    ]);
    expect(networksOf(service('database'))).toEqual(['data']);
    expect(compose.networks.apps?.internal).toBe(true);
    expect(compose.networks.data?.internal).toBe(true);
    expect(networksOf(service('proxy'))).not.toContain('data');
    expect(networksOf(service('portal'))).not.toContain('hypervisors');
  });

  it('names only networks, volumes, secrets and services that it defines', () => {
    for (const name of Object.keys(services)) {
      const { secrets, volumes, depends_on } = service(name);
      for (const network of networksOf(service(name))) expect(compose.networks).toHaveProperty([network]);
      for (const secret of secrets) expect(compose.secrets).toHaveProperty([secret]);
      for (const other of Object.keys(depends_on)) expect(services).toHaveProperty([other]);
      for (const volume of volumes.map((one) => one.split(':')[0] ?? '')) {
        if (volume.startsWith('./')) expect(existsSync(path.join(root, volume)), volume).toBe(true);
        else expect(compose.volumes).toHaveProperty([volume]);
      }
    }
  });

  it('keeps every secret in a file, and hands each only to who needs it', () => {
    for (const { file } of Object.values(compose.secrets)) expect(file).toMatch(/^\.\/secrets\//);
    const holders = (secret: string) =>
      Object.keys(services).filter((name) => service(name).secrets.includes(secret));
    expect(holders('vault.key')).toEqual(['worker']);
    expect(holders('relay.key')).toEqual(['relay']);
    expect(holders('vault.pub')).toEqual(['portal']);
    expect(holders('factor.key')).toEqual(['portal']);
    expect(holders('sso.key')).toEqual(['portal']);
    expect(holders('db-superuser')).toEqual(['migrate', 'database']);
    expect(holders('db-portal')).toEqual(['portal', 'migrate']);
    expect(holders('smtp-password')).toEqual(['courier']);
    const values = Object.keys(services).flatMap((name) => Object.entries(service(name).environment));
    const bare = values.filter(
      ([key]) => /PASSWORD|SECRET|KEY/.test(key) && !/_FILE$|^PORTHOLE_ROLE_PASSWORDS$/.test(key),
    );
    expect(bare).toEqual([]);
    expect(values.filter(([, value]) => /:\/\/[^/]*:[^/]*@/.test(value))).toEqual([]);
  });

  it('gives our containers nothing that they do not need', () => {
    for (const name of OURS)
      expect(service(name), name).toMatchObject({
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
      });
  });

  it('pins every image', () => {
    for (const { image, build } of Object.values(services)) {
      if (build === undefined) expect(image).toMatch(/:\d+\.\d+/);
    }
  });

  it('never opens loopback to the product (architecture §6)', () => {
    for (const name of Object.keys(services))
      expect(Object.keys(service(name).environment)).not.toContain('PORTHOLE_DEMO_ENDPOINTS');
  });
});

describe('.env.example with docker-compose.yml', () => {
  const production = { NODE_ENV: 'production', PORTHOLE_PROFILE: 'production' };
  // What the image itself sets, from its stage.
  const fromImage = (target: string): Record<string, string> => {
    const stage = stages.find((text) => text.includes(` AS ${target}\n`)) ?? '';
    const lines = [...stage.matchAll(/^ENV (.+)$/gm)].flatMap((line) => (line[1] ?? '').split(' '));
    return Object.fromEntries(lines.map((pair) => pair.split('=')));
  };

  it.each([
    ['portal', loadPortalEnv],
    ['relay', loadRelayEnv],
    ['worker', loadWorkerEnv],
    ['courier', loadCourierEnv],
  ] as const)('is all that %s wants to start', (name, load) => {
    expect(() => load({ ...fromImage(name), ...environmentOf(name) })).not.toThrow();
    expect(fromImage(name)).toMatchObject(production);
  });

  it.each([
    ['relay', loadRelayEnv],
    ['worker', loadWorkerEnv],
  ] as const)('%s refuses the demo’s doors in production', (name, load) => {
    const env = { ...fromImage(name), ...environmentOf(name), PORTHOLE_DEMO_ENDPOINTS: '127.0.0.1:443' };
    expect(() => load(env)).toThrow(/PORTHOLE_DEMO_ENDPOINTS/);
  });

  it('courier refuses a line in the open in production', () => {
    const env = { ...fromImage('courier'), ...environmentOf('courier'), PORTHOLE_SMTP_TLS: 'none' };
    expect(() => loadCourierEnv(env)).toThrow(/PORTHOLE_SMTP_TLS/);
  });

  it('holds no key that nothing reads', () => {
    const text = read('docker-compose.yml');
    expect(Object.keys(example).filter((key) => !text.includes(`\${${key}`))).toEqual([]);
  });
});

describe('Dockerfile', () => {
  const bases = [...dockerfile.matchAll(/^FROM (\S+)(?: AS (\S+))?$/gm)].map(([, from, name]) => ({
    from,
    name,
  }));

  it('has a stage for every service that is built', () => {
    for (const name of OURS) {
      expect(service(name).build?.target).toBe(name);
      expect(bases.map((base) => base.name)).toContain(name);
    }
  });

  it('starts from one pinned, supported Node', () => {
    const outside = bases
      .filter(({ from }) => !bases.some((base) => base.name === from))
      .map(({ from }) => from);
    expect(new Set(outside).size).toBe(1);
    expect(outside[0]).toMatch(/^node:24\.\d+\.\d+-bookworm-slim$/);
  });

  it('runs nothing as root', () => {
    for (const name of OURS) {
      const stage = stages.find((text) => text.includes(` AS ${name}\n`)) ?? '';
      expect(stage, name).toMatch(/^USER node$/m);
    }
  });

  it('copies only what is there', () => {
    const built = /(?:^|\/)(?:dist|\.next)(?:\/|$)|^\/app/;
    const copies = [...dockerfile.matchAll(/^COPY (?:--\S+ )*(.+)$/gm)].flatMap(([, words = '']) =>
      words.split(' ').slice(0, -1),
    );
    for (const copy of copies.map((one) => one.replace(/^\/src\//, '')))
      if (!built.test(copy)) expect(existsSync(path.join(root, copy)), copy).toBe(true);
  });
});

describe('the proxy', () => {
  const proxy = read('deploy/proxy.conf.template');
  const relays = Object.keys(services)
    .map((name) => service(name).environment.PORTHOLE_RELAY_ID)
    .filter((id) => id !== undefined);

  it('routes each relay of docker-compose.yml, and no other socket', () => {
    const routed = [...proxy.matchAll(/location = \/console\/ws\/(\S+) \{/g)].map(([, id]) => id);
    expect(routed).toEqual(relays);
    expect([...proxy.matchAll(/proxy_set_header Upgrade/g)]).toHaveLength(relays.length);
  });

  it('passes a closed list of headers, and on to a relay the binder cookie alone', () => {
    expect(proxy).toContain('proxy_pass_request_headers off;');
    const relay = proxy.slice(proxy.indexOf('location = /console/ws/'));
    expect(relay).toContain('proxy_set_header Cookie $porthole_binder;');
    expect(relay).not.toContain('$http_cookie');
    // API tokens are for the portal alone.
    expect(proxy.match(/\$http_authorization/g)).toHaveLength(1);
    expect(relay).not.toContain('$http_authorization');
    expect(proxy).not.toMatch(/x_forwarded|x_real_ip|x_middleware/i);
  });

  it('says for how long it is https alone, as the portal does and once', () => {
    const said = securityHeaders({ nonce: '', origin: 'https://console.example', isDevelopment: false });
    expect(proxy).toContain(
      `add_header Strict-Transport-Security "${said['strict-transport-security']}" always;`,
    );
    expect(proxy).toContain('proxy_hide_header Strict-Transport-Security;');
  });

  it('keeps the limits of the edge', () => {
    expect(proxy).toContain('client_header_timeout 10s;');
    expect(proxy).toContain('client_body_timeout 60s;');
    expect(proxy).toContain('client_max_body_size 1m;');
    expect(proxy).toContain('proxy_buffering off;');
  });
});
