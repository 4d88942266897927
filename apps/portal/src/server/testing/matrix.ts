import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { AnyRouter } from '@trpc/server';
import { type Answer, Browser } from './browser.ts';
import {
  addGrant,
  addPoolRow,
  addRelay,
  addSeat,
  addVm,
  createFixture,
  type Fixture,
  type Name,
  PASSWORD,
  PIN,
} from './portal-fixture.ts';
import { PUBLIC_CALLS } from './public-calls.ts';

/** Whose thing a call names. */
const WHOSE = ['own', 'foreign', 'absent', 'malformed'] as const;
export type Whose = (typeof WHOSE)[number];

/** mira has the role Operator on the machine, tom Viewer; ana audits, jon administers, olga is the provider's operator. */
export const EVERYBODY = ['mira', 'tom', 'ana', 'jon', 'olga'] as const satisfies readonly Name[];
export type Who = (typeof EVERYBODY)[number];

export interface Row {
  /** What is named: decides which ids stand for own and foreign. Null where the call names nothing. */
  names:
    | 'vm'
    | 'grant'
    | 'ticket'
    | 'event'
    | 'pool'
    | 'probe'
    | 'session'
    | 'seat'
    | 'operation'
    | 'check'
    | 'person'
    | 'invitation'
    | 'request'
    | 'emergency'
    | 'broken glass'
    | 'customer'
    | 'passkey'
    | 'guest-link'
    | 'ended-link'
    | 'knock'
    | 'token'
    | 'team'
    | 'joined team'
    | 'lock'
    | 'locked customer'
    | 'support-request'
    | 'support-grant'
    | 'support-visit'
    | null;
  type: 'query' | 'mutation';
  input: (id: unknown, who: Who, people: Fixture['people']) => Record<string, unknown>;
  /** Who may, with a thing of their own organisation. */
  allowed: readonly Who[];
}

/** What the preview of an empty draft for an empty pool is called by. */
const NOTHING_SEEN = createHash('sha256').update('[0,[],[],[]]').digest('base64url');

/** A viewer's access to a machine. */
const giftTo = (personId: string, vmId: unknown) => ({
  to: [{ kind: 'person', id: personId }],
  over: { kind: 'vm', vmId },
  role: 'viewer',
  rights: [],
});

/** Who may read the log. */
const withReads = ['ana', 'jon', 'olga'] as const;

/** Every procedure but sign-in, the second factor and the event stream, which have tests of their own. */
export const MATRIX: Record<string, Row> = {
  'auth.me': { names: null, type: 'query', input: () => ({}), allowed: EVERYBODY },
  'auth.touch': { names: null, type: 'mutation', input: () => ({}), allowed: EVERYBODY },
  'auth.mySessions': { names: null, type: 'query', input: () => ({}), allowed: EVERYBODY },
  'auth.confirm': {
    names: null,
    type: 'mutation',
    input: () => ({ kind: 'password', proof: PASSWORD }),
    allowed: EVERYBODY,
  },
  'auth.password': { names: null, type: 'query', input: () => ({}), allowed: EVERYBODY },
  'auth.factor': { names: null, type: 'query', input: () => ({}), allowed: EVERYBODY },
  'auth.beginFactor': {
    names: null,
    type: 'mutation',
    input: () => ({ password: PASSWORD }),
    allowed: EVERYBODY,
  },
  'auth.askMyPasskey': { names: null, type: 'mutation', input: () => ({}), allowed: EVERYBODY },
  'auth.beginPasskey': { names: null, type: 'mutation', input: () => ({}), allowed: EVERYBODY },
  'auth.renamePasskey': {
    names: 'passkey',
    type: 'mutation',
    input: (id) => ({ id, name: 'Desk' }),
    allowed: EVERYBODY,
  },
  'auth.removePasskey': { names: 'passkey', type: 'mutation', input: (id) => ({ id }), allowed: EVERYBODY },
  'auth.endSession': { names: 'session', type: 'mutation', input: (id) => ({ id }), allowed: EVERYBODY },
  'machines.list': { names: null, type: 'query', input: () => ({}), allowed: EVERYBODY },
  'machines.changed': {
    names: null,
    type: 'query',
    input: () => ({ since: new Date(), pools: '' }),
    allowed: EVERYBODY,
  },
  'machines.get': { names: 'vm', type: 'query', input: (id) => ({ id }), allowed: EVERYBODY },
  'console.open': {
    names: 'vm',
    type: 'mutation',
    input: (vmId) => ({ vmId, mode: 'type' }),
    allowed: ['mira', 'jon', 'olga'],
  },
  'console.outcome': {
    names: 'ticket',
    type: 'query',
    input: (ticketId) => ({ ticketId }),
    allowed: ['mira', 'olga'],
  },
  'access.ofPerson': {
    names: 'person',
    type: 'query',
    input: (personId) => ({ personId }),
    allowed: ['ana', 'jon', 'olga'],
  },
  'access.ofMachine': {
    names: 'vm',
    type: 'query',
    input: (vmId) => ({ vmId }),
    allowed: ['ana', 'jon', 'olga'],
  },
  'access.export': {
    names: 'vm',
    type: 'mutation',
    input: (id) => ({ about: 'machine', id }),
    allowed: ['ana', 'jon', 'olga'],
  },
  'grants.list': { names: 'vm', type: 'query', input: (vmId) => ({ vmId }), allowed: EVERYBODY },
  'grants.give': {
    names: 'vm',
    type: 'mutation',
    input: (vmId, who, people) => ({ ...giftTo(people[who], vmId), endsAt: null, reason: '' }),
    allowed: ['jon', 'olga'],
  },
  'grants.receivers': { names: null, type: 'query', input: () => ({}), allowed: EVERYBODY },
  'grants.preview': {
    names: 'vm',
    type: 'query',
    input: (vmId, who, people) => giftTo(people[who], vmId),
    allowed: ['jon', 'olga'],
  },
  'grants.end': {
    names: 'grant',
    type: 'mutation',
    input: (grantId) => ({ grantId }),
    allowed: ['jon', 'olga'],
  },
  'guests.list': { names: 'vm', type: 'query', input: (vmId) => ({ vmId }), allowed: EVERYBODY },
  'guests.get': {
    names: 'guest-link',
    type: 'query',
    input: (linkId) => ({ linkId }),
    allowed: withReads,
  },
  'guests.make': {
    names: 'vm',
    type: 'mutation',
    input: (vmId) => ({
      vmId,
      name: 'Nina',
      email: 'nina@guest.example',
      can: 'look',
      endsAt: new Date(Date.now() + 3_600_000),
      visits: 'one',
      door: 'knock',
      reason: '',
    }),
    allowed: ['jon', 'olga'],
  },
  'guests.end': {
    names: 'guest-link',
    type: 'mutation',
    input: (linkId) => ({ linkId }),
    allowed: ['jon', 'olga'],
  },
  'guests.restore': {
    names: 'ended-link',
    type: 'mutation',
    input: (linkId) => ({ linkId }),
    allowed: ['jon', 'olga'],
  },
  'guests.atDoor': { names: 'vm', type: 'query', input: (vmId) => ({ vmId }), allowed: EVERYBODY },
  'guests.answer': {
    names: 'knock',
    type: 'mutation',
    input: (visitId) => ({ visitId, answer: 'let-in' }),
    allowed: ['jon', 'olga'],
  },
  'people.list': { names: null, type: 'query', input: () => ({}), allowed: EVERYBODY },
  'people.get': { names: 'person', type: 'query', input: (personId) => ({ personId }), allowed: EVERYBODY },
  'people.setRole': {
    names: 'person',
    type: 'mutation',
    input: (personId) => ({ personId, role: 'auditor' }),
    allowed: ['jon'],
  },
  'people.remove': {
    names: 'person',
    type: 'mutation',
    input: (personId) => ({ personId }),
    allowed: ['jon'],
  },
  'invitations.list': { names: null, type: 'query', input: () => ({}), allowed: ['jon'] },
  'invitations.send': {
    names: null,
    type: 'mutation',
    input: () => ({ email: 'new@acme.example', role: 'member' }),
    allowed: ['jon'],
  },
  'invitations.resend': {
    names: 'invitation',
    type: 'mutation',
    input: (invitationId) => ({ invitationId }),
    allowed: ['jon'],
  },
  'invitations.withdraw': {
    names: 'invitation',
    type: 'mutation',
    input: (invitationId) => ({ invitationId }),
    allowed: ['jon'],
  },
  'links.askEmailChange': {
    names: null,
    type: 'mutation',
    input: () => ({ email: 'other@new.example', password: PASSWORD }),
    allowed: EVERYBODY,
  },
  'organisations.list': { names: null, type: 'query', input: () => ({}), allowed: ['olga'] },
  'organisations.mail': { names: null, type: 'query', input: () => ({}), allowed: ['olga'] },
  'organisations.createForCustomer': {
    names: null,
    type: 'mutation',
    input: () => ({ name: 'New', slug: 'new-one', ownerEmail: 'owner@new.example' }),
    allowed: ['olga'],
  },
  'organisations.inviteOwner': {
    names: 'customer',
    type: 'mutation',
    input: (id) => ({ id, email: 'owner@new.example' }),
    allowed: ['olga'],
  },
  'organisations.suspend': {
    names: 'customer',
    type: 'mutation',
    input: (id) => ({ id, reason: '' }),
    allowed: ['olga'],
  },
  'organisations.resume': {
    names: 'customer',
    type: 'mutation',
    input: (id) => ({ id }),
    allowed: ['olga'],
  },
  'log.list': { names: null, type: 'query', input: () => ({}), allowed: withReads },
  'log.event': { names: 'event', type: 'query', input: (seq) => ({ seq }), allowed: withReads },
  'log.verify': { names: null, type: 'mutation', input: () => ({}), allowed: withReads },
  'live.seats': { names: null, type: 'query', input: () => ({}), allowed: withReads },
  'live.close': {
    names: 'seat',
    type: 'mutation',
    input: (seatId) => ({ seatId, reason: '' }),
    allowed: ['jon', 'olga'],
  },
  'requests.list': { names: null, type: 'query', input: () => ({}), allowed: EVERYBODY },
  'requests.count': { names: null, type: 'query', input: () => ({}), allowed: EVERYBODY },
  'requests.ofMachine': { names: 'vm', type: 'query', input: (vmId) => ({ vmId }), allowed: EVERYBODY },
  'requests.ask': {
    names: 'vm',
    type: 'mutation',
    input: (vmId) => ({ vmId, role: 'manager', lengthMs: 3_600_000, reason: 'disk full' }),
    allowed: ['mira', 'tom', 'ana'],
  },
  'requests.breakGlass': {
    names: 'vm',
    type: 'mutation',
    input: (vmId) => ({ vmId, lengthMs: 900_000, reason: 'disk full' }),
    // The policy has no such way unless somebody says so.
    allowed: [],
  },
  'requests.get': {
    names: 'request',
    type: 'query',
    input: (requestId) => ({ requestId }),
    allowed: ['mira', 'jon', 'olga'],
  },
  'requests.withdraw': {
    names: 'request',
    type: 'mutation',
    input: (requestId) => ({ requestId }),
    allowed: ['mira'],
  },
  'requests.approve': {
    names: 'request',
    type: 'mutation',
    input: (requestId) => ({ requestId, role: 'viewer', lengthMs: 3_600_000 }),
    allowed: ['jon', 'olga'],
  },
  'requests.refuse': {
    names: 'request',
    type: 'mutation',
    input: (requestId) => ({ requestId, reason: 'not today' }),
    allowed: ['jon', 'olga'],
  },
  'requests.confirm': {
    names: 'emergency',
    type: 'mutation',
    input: (requestId) => ({ requestId }),
    allowed: ['jon', 'olga'],
  },
  'requests.review': {
    names: 'broken glass',
    type: 'mutation',
    input: (requestId) => ({ requestId, text: 'was right' }),
    allowed: ['ana', 'jon', 'olga'],
  },
  'policy.read': { names: null, type: 'query', input: () => ({}), allowed: ['ana', 'jon', 'olga'] },
  'policy.change': {
    names: null,
    type: 'mutation',
    input: () => ({
      version: 0,
      clipboard: 'both',
      keyboard: 'free',
      idleTimeoutMs: 1_800_000,
      maximumTimeMs: 28_800_000,
      textKeptMs: 900_000,
      scrollbackBytes: 262_144,
      secondFactor: 'off',
      consoleFactorMaxAgeMs: 0,
      breakGlass: 'off',
    }),
    allowed: ['jon', 'olga'],
  },
  'locks.list': { names: null, type: 'query', input: () => ({}), allowed: withReads },
  'locks.here': { names: null, type: 'query', input: () => ({}), allowed: EVERYBODY },
  'locks.preview': {
    names: 'vm',
    type: 'query',
    input: (id) => ({ scope: 'vm', id }),
    allowed: ['jon', 'olga'],
  },
  'locks.set': {
    names: 'person',
    type: 'mutation',
    input: (id) => ({ scope: 'person', id, reason: 'stolen laptop' }),
    allowed: ['jon', 'olga'],
  },
  'locks.lift': {
    names: 'lock',
    type: 'mutation',
    input: (lockId) => ({ lockId, reason: 'found again' }),
    allowed: ['jon', 'olga'],
  },
  'locks.ofCustomers': { names: null, type: 'query', input: () => ({}), allowed: ['olga'] },
  'locks.setOverCustomer': {
    names: 'customer',
    type: 'mutation',
    input: (id) => ({ id, reason: 'abuse' }),
    allowed: ['olga'],
  },
  'locks.liftOverCustomer': {
    names: 'locked customer',
    type: 'mutation',
    input: (id) => ({ id, reason: 'cleared up' }),
    allowed: ['olga'],
  },
  'support.list': { names: null, type: 'query', input: () => ({}), allowed: ['ana', 'jon'] },
  'support.here': { names: null, type: 'query', input: () => ({}), allowed: EVERYBODY },
  'support.offer': {
    names: null,
    type: 'mutation',
    input: () => ({ can: 'look', lengthMs: 900_000, reason: 'come and look' }),
    allowed: ['jon'],
  },
  'support.approve': {
    names: 'support-request',
    type: 'mutation',
    input: (grantId) => ({ grantId, can: 'look', lengthMs: 900_000 }),
    allowed: ['jon'],
  },
  'support.refuse': {
    names: 'support-request',
    type: 'mutation',
    input: (grantId) => ({ grantId, reason: 'not today' }),
    allowed: ['jon'],
  },
  'support.end': {
    names: 'support-grant',
    type: 'mutation',
    input: (grantId) => ({ grantId }),
    allowed: ['jon'],
  },
  'support.ofProvider': { names: null, type: 'query', input: () => ({}), allowed: ['olga'] },
  'support.ask': {
    names: 'customer',
    type: 'mutation',
    input: (id) => ({ id, can: 'look', lengthMs: 900_000, reason: 'ticket 4711' }),
    allowed: ['olga'],
  },
  'support.enter': {
    names: 'support-visit',
    type: 'mutation',
    input: (id) => ({ id, grantId: id }),
    allowed: ['olga'],
  },
  'support.leave': {
    names: 'support-visit',
    type: 'mutation',
    input: (id) => ({ id, grantId: id }),
    allowed: ['olga'],
  },
  'pools.list': { names: null, type: 'query', input: () => ({}), allowed: ['jon', 'olga'] },
  'pools.get': { names: 'pool', type: 'query', input: (id) => ({ id }), allowed: ['jon', 'olga'] },
  'pools.probe': { names: null, type: 'mutation', input: () => ({ address: '10.0.4.1' }), allowed: ['olga'] },
  'pools.probeResult': {
    names: 'probe',
    type: 'query',
    input: (probeId) => ({ probeId }),
    allowed: ['olga'],
  },
  'pools.add': {
    names: null,
    type: 'mutation',
    input: () => ({ displayName: 'New', address: 'xen-9.example', pin: PIN, username: 'u', password: 'p' }),
    allowed: ['olga'],
  },
  'pools.rename': {
    names: 'pool',
    type: 'mutation',
    input: (id) => ({ id, displayName: 'Renamed' }),
    allowed: ['olga'],
  },
  'pools.setAccount': {
    names: 'pool',
    type: 'mutation',
    input: (id) => ({ id, username: 'u', password: 'p' }),
    allowed: ['olga'],
  },
  'pools.move': {
    names: 'pool',
    type: 'mutation',
    input: (id) => ({ id, address: 'xen-8.example', pin: PIN, username: 'u', password: 'p' }),
    allowed: ['olga'],
  },
  'pools.setHostAddress': {
    names: 'pool',
    type: 'mutation',
    input: (id) => ({ id, hostId: id, address: '10.0.0.8' }),
    allowed: ['olga'],
  },
  'pools.pause': { names: 'pool', type: 'mutation', input: (id) => ({ id }), allowed: ['olga'] },
  'pools.resume': { names: 'pool', type: 'mutation', input: (id) => ({ id }), allowed: ['olga'] },
  'pools.retry': { names: 'pool', type: 'mutation', input: (id) => ({ id }), allowed: ['olga'] },
  'pools.impact': { names: 'pool', type: 'query', input: (id) => ({ id }), allowed: ['olga'] },
  'pools.remove': { names: 'pool', type: 'mutation', input: (id) => ({ id }), allowed: ['olga'] },
  'allotment.read': { names: 'pool', type: 'query', input: (id) => ({ id }), allowed: ['olga'] },
  'allotment.machines': { names: 'pool', type: 'query', input: (id) => ({ id }), allowed: ['olga'] },
  'allotment.organisations': { names: null, type: 'query', input: () => ({ q: 'a' }), allowed: ['olga'] },
  'allotment.preview': {
    names: 'pool',
    type: 'mutation',
    input: (id) => ({ id, draft: { version: 0, rules: [], hands: [] } }),
    allowed: ['olga'],
  },
  'allotment.change': {
    names: 'pool',
    type: 'mutation',
    // Of a pool without machines, rules or hands before and after, which is the same for every such pool.
    input: (id) => ({ id, draft: { version: 0, rules: [], hands: [] }, seen: NOTHING_SEEN }),
    allowed: ['olga'],
  },
  'checks.list': { names: 'pool', type: 'query', input: (id) => ({ id }), allowed: ['jon', 'olga'] },
  'checks.get': { names: 'check', type: 'query', input: (runId) => ({ runId }), allowed: ['jon', 'olga'] },
  'checks.run': { names: 'pool', type: 'mutation', input: (id) => ({ id }), allowed: ['olga'] },
  'checks.cancel': { names: 'check', type: 'mutation', input: (runId) => ({ runId }), allowed: ['olga'] },
  'checks.schedule': {
    names: 'pool',
    type: 'mutation',
    input: (id) => ({ id, everyH: 12 }),
    allowed: ['olga'],
  },
  'power.request': {
    names: 'vm',
    type: 'mutation',
    input: (id) => ({ vmIds: [id], act: 'clean_shutdown' }),
    allowed: ['mira', 'jon', 'olga'],
  },
  'power.cancel': {
    names: 'operation',
    type: 'mutation',
    input: (operationId) => ({ operationId }),
    allowed: ['mira', 'jon', 'olga'],
  },
  'power.operations': {
    names: 'vm',
    type: 'query',
    input: (vmId) => ({ vmId }),
    allowed: EVERYBODY,
  },
  'singleSignOn.read': { names: null, type: 'query', input: () => ({}), allowed: ['jon'] },
  'singleSignOn.change': {
    names: null,
    type: 'mutation',
    input: () => ({
      version: 0,
      issuer: 'https://issuer.example',
      clientId: 'porthole',
      clientSecret: 'secret',
      use: 'off',
      joining: 'invited',
    }),
    allowed: ['jon'],
  },
  'singleSignOn.addDomain': {
    names: null,
    type: 'mutation',
    input: () => ({ domain: 'acme.example' }),
    allowed: ['jon'],
  },
  'singleSignOn.verifyDomain': {
    names: null,
    type: 'mutation',
    input: () => ({ domain: 'acme.example' }),
    allowed: ['jon'],
  },
  'singleSignOn.removeDomain': {
    names: null,
    type: 'mutation',
    input: () => ({ domain: 'acme.example' }),
    allowed: ['jon'],
  },
  'tokens.mine': { names: null, type: 'query', input: () => ({}), allowed: EVERYBODY },
  'tokens.list': { names: null, type: 'query', input: () => ({}), allowed: ['jon'] },
  'tokens.make': {
    names: null,
    type: 'mutation',
    input: () => ({ name: 'Nightly', scopes: ['machines'], endsAt: new Date(Date.now() + 3_600_000) }),
    allowed: EVERYBODY,
  },
  // One's own; jon, who runs the organisation, ends mira's too.
  'tokens.end': { names: 'token', type: 'mutation', input: (tokenId) => ({ tokenId }), allowed: EVERYBODY },
  'teams.list': { names: null, type: 'query', input: () => ({}), allowed: EVERYBODY },
  'teams.get': { names: 'team', type: 'query', input: (teamId) => ({ teamId }), allowed: EVERYBODY },
  'teams.create': {
    names: null,
    type: 'mutation',
    input: () => ({ name: randomUUID() }),
    allowed: ['jon', 'olga'],
  },
  'teams.rename': {
    names: 'team',
    type: 'mutation',
    input: (teamId) => ({ teamId, name: randomUUID() }),
    allowed: ['jon', 'olga'],
  },
  'teams.addMembers': {
    names: 'team',
    type: 'mutation',
    input: (teamId, who, people) => ({ teamId, personIds: [people[who]] }),
    allowed: ['jon', 'olga'],
  },
  'teams.removeMember': {
    names: 'joined team',
    type: 'mutation',
    input: (teamId, who, people) => ({ teamId, personId: people[who] }),
    allowed: ['jon', 'olga'],
  },
  'teams.remove': {
    names: 'team',
    type: 'mutation',
    input: (teamId) => ({ teamId }),
    allowed: ['jon', 'olga'],
  },
  // Late, since nobody is where they were after it.
  'people.leave': { names: null, type: 'mutation', input: () => ({}), allowed: EVERYBODY },
  // Last, since it ends the session that all of these are made with.
  'auth.signOut': { names: null, type: 'mutation', input: () => ({}), allowed: EVERYBODY },
};

/** What needs a scene of its own, and has it in tests beside it. */
export const APART: readonly string[] = [
  ...PUBLIC_CALLS,
  'auth.addPasskey',
  'auth.confirmByPasskey',
  'auth.changePassword',
  'auth.confirmFactor',
  'auth.makeCodes',
  'auth.turnFactorOff',
  'live.changes',
  'links.acceptInvitation',
  'auth.createOrganisation',
];
/** Calls that name no organisation. */
export const WITHOUT_ORG = /^(?:auth|links)\./;

/** Three organisations with a machine each, everybody signed in, and whatever thing a call may name. */
export interface MatrixStage {
  fixture: Fixture;
  browserOf(who: Who): Browser;
  /** Somebody who is not signed in. */
  stranger(): Browser;
  call(browser: Browser, path: string, row: Row, who: Who, id: unknown): Promise<Answer>;
  /** A new thing, or the id of none. */
  idOf(names: Row['names'], whose: Whose, who: Who): Promise<unknown>;
  end(): Promise<void>;
}

interface Scene {
  fixture: Fixture;
  pool: string;
  machines: Record<string, string>;
}

/** @param router what answers; the product's own when left out */
export async function setMatrixStage(router?: AnyRouter): Promise<MatrixStage> {
  const fixture = await createFixture();
  const pool = await addPoolRow(fixture);
  await addRelay(fixture, 'relay-1');
  // Its beat is this fixture's, and hundreds of rows come before those that want it fresh.
  await fixture.sql("UPDATE relay SET beat_at = now() + interval '1 hour'");
  // Whatever domain is asked about says what it should.
  fixture.deps.resolveText = async () =>
    (await fixture.sql('SELECT token FROM sso_domain')).map(({ token }) => `porthole-domain=${token}`);
  const machines: Record<string, string> = {};
  for (const holder of ['acme', 'globex', 'northgate'] as const)
    machines[holder] = await addVm(fixture, { name: `of-${holder}`, poolId: pool, holder });
  await addGrant(fixture, { to: 'mira', vmId: machines.acme ?? '', role: 'operator' });
  await addGrant(fixture, { to: 'tom', vmId: machines.acme ?? '', role: 'viewer' });
  await addProbe(fixture, 'northgate', 'xen-9.example');
  await addProbe(fixture, 'northgate', 'xen-8.example');
  const browsers: Partial<Record<Who, Browser>> = {};
  for (const [index, who] of EVERYBODY.entries()) {
    const browser = new Browser(fixture.deps, `192.0.2.${100 + index}`, router);
    const { status } = await browser.signIn(who);
    if (status !== 200) throw new Error(`${who} could not sign in: ${status}`);
    browsers[who] = browser;
  }
  const scene: Scene = { fixture, pool, machines };
  return {
    fixture,
    browserOf: (who) => {
      const browser = browsers[who];
      if (browser === undefined) throw new Error(`${who} is not signed in`);
      return browser;
    },
    stranger: () => new Browser(fixture.deps, undefined, router),
    call: (browser, path, { type, input }, who, id) => {
      const named = input(id, who, fixture.people);
      const whole = WITHOUT_ORG.test(path) ? named : { org: orgOf(who), ...named };
      return type === 'query' ? browser.query(path, whole) : browser.mutate(path, whole);
    },
    idOf: (names, whose, who) => idOf(scene, names, whose, who),
    end: () => fixture.end(),
  };
}

const orgOf = (who: Who) => (who === 'olga' ? 'northgate' : 'acme');

/** A pool with one host, whose id is the pool's, so that a call which names both has one id to stand for them. */
async function addPoolWithHost(fixture: Fixture, tenantId: string): Promise<unknown> {
  const row = { tenant_id: tenantId, address: randomUUID() };
  const id = await insert(fixture, 'pool', { ...row, display_name: 'P', pin: PIN });
  await insert(fixture, 'host', { ...row, id, pool_id: id, uuid: randomUUID(), name: 'xen-1' });
  return id;
}

async function idOf(scene: Scene, names: Row['names'], whose: Whose, who: Who): Promise<unknown> {
  const { fixture, pool, machines } = scene;
  if (names === null) return null;
  if (whose === 'malformed') return names === 'event' ? 'seven' : 'not-a-uuid';
  if (names === 'event') return whose === 'own' ? 1 : 999_999;
  if (whose === 'absent') return randomUUID();
  const tenant = whose === 'own' ? orgOf(who) : 'globex';
  const person = whose === 'own' ? who : 'gus';
  switch (names) {
    case 'vm':
      return machines[tenant];
    case 'grant':
      return insert(fixture, 'access_grant', {
        tenant_id: fixture.tenants[tenant],
        all_vms: true,
        role: 'viewer',
        person_id: fixture.people[person],
      });
    case 'ticket':
      return insert(fixture, 'console_ticket', {
        tenant_id: fixture.tenants[tenant],
        secret_hash: randomBytes(32),
        binder_hash: randomBytes(32),
        person_id: fixture.people[tenant === 'acme' ? 'mira' : person],
        login_session_id: randomUUID(),
        vm_id: machines[tenant],
        kind: 'screen',
        mode: 'look',
        relay_id: 'relay-1',
        expires_at: new Date(Date.now() + 20_000),
      });
    case 'pool':
      return addPoolWithHost(fixture, fixture.tenants[tenant]);
    case 'probe':
      return addProbe(fixture, tenant, '10.0.4.2');
    case 'operation':
      return insert(fixture, 'power_operation', {
        tenant_id: fixture.tenants[tenant],
        pool_tenant_id: fixture.tenants.northgate,
        pool_id: pool,
        vm_id: machines[tenant],
        vm_uuid: randomUUID(),
        vm_name: `of-${tenant}`,
        act: 'start',
        // An end, so that there may be many of one machine.
        step: 'done',
        finished_at: new Date(),
        person_id: fixture.people[person],
        person_name: person,
      });
    case 'check':
      return insert(fixture, 'check_run', {
        tenant_id: fixture.tenants[tenant],
        pool_id: await addPoolWithHost(fixture, fixture.tenants[tenant]),
        target_name: 'P',
        person_id: fixture.people[person],
        person_name: person,
      });
    case 'passkey':
      return insert(fixture, 'passkey', {
        person_id: fixture.people[person],
        credential_id: randomBytes(16),
        public_key: randomBytes(77),
        sign_count: 0,
        name: 'Key',
        is_synced: false,
      });
    case 'seat':
      return addSeat(fixture, { tenant, person, vmId: machines[tenant] ?? '' });
    case 'person':
      return addMember(fixture, fixture.tenants[tenant]);
    case 'guest-link':
      return addGuestLink(scene, tenant);
    case 'ended-link':
      return addGuestLink(scene, tenant, { ended_at: new Date(), ended_by: fixture.people[person] });
    case 'token':
      return insert(fixture, 'api_token', {
        tenant_id: fixture.tenants[tenant],
        person_id: fixture.people[person],
        name: 'Nightly',
        digest: randomBytes(32),
        scopes: ['machines'],
        ends_at: new Date(Date.now() + 3_600_000),
      });
    case 'knock':
      return insert(fixture, 'guest_visit', {
        tenant_id: fixture.tenants[tenant],
        link_id: await addGuestLink(scene, tenant),
        digest: randomBytes(32),
        expires_at: new Date(Date.now() + 600_000),
        proved_at: new Date(),
        knocked_at: new Date(),
      });
    case 'invitation':
      return insert(fixture, 'invitation', {
        tenant_id: fixture.tenants[tenant],
        email: `${randomUUID()}@new.example`,
        role: 'member',
        created_name: 'jon',
        expires_at: new Date(Date.now() + 3_600_000),
      });
    case 'request':
      return addRequest(scene, tenant, 'access');
    case 'emergency':
    case 'broken glass': {
      const id = await addRequest(scene, tenant, 'break-glass');
      return names === 'emergency' ? id : broken(fixture, id);
    }
    case 'team':
      return addTeam(fixture, tenant);
    case 'joined team': {
      const id = await addTeam(fixture, tenant);
      await fixture.sql('INSERT INTO team_member (tenant_id, team_id, person_id) VALUES ($1, $2, $3)', [
        fixture.tenants[tenant],
        id,
        fixture.people[person],
      ]);
      return id;
    }
    case 'lock':
      return insert(fixture, 'emergency_lock', {
        tenant_id: fixture.tenants[tenant],
        vm_id: await addVm(fixture, { name: 'locked', poolId: scene.pool, holder: tenant }),
        reason: 'x',
      });
    case 'locked customer': {
      if (whose === 'foreign') return fixture.tenants.northgate;
      const id = await insert(fixture, 'tenant', { slug: randomUUID().slice(0, 8), name: 'Customer' });
      await insert(fixture, 'emergency_lock', { tenant_id: id, by_provider: true, reason: 'x' });
      return id;
    }
    case 'support-request':
      return addSupport(fixture, fixture.tenants[tenant], 'asked');
    case 'support-grant':
      return addSupport(fixture, fixture.tenants[tenant], 'given');
    case 'support-visit': {
      if (whose === 'foreign') return fixture.tenants.northgate;
      // One id stands for the organisation and for its grant.
      const id = await insert(fixture, 'tenant', { slug: randomUUID().slice(0, 8), name: 'Customer' });
      return addSupport(fixture, id, 'given', { id, person_id: fixture.people.olga, person_name: 'olga' });
    }
    case 'customer':
      // The provider's own is no customer's: nothing that these calls could be about.
      return whose === 'own'
        ? insert(fixture, 'tenant', { slug: randomUUID().slice(0, 8), name: 'Customer' })
        : fixture.tenants.northgate;
    case 'session':
      return insert(fixture, 'login_session', {
        digest: randomBytes(32).toString('hex'),
        binder_hash: randomBytes(32),
        person_id: fixture.people[person],
        expires_at: new Date(Date.now() + 3_600_000),
      });
  }
}

/** In acme it is mira who asks; elsewhere somebody new. */
async function addRequest(
  { fixture, machines }: Scene,
  tenant: 'acme' | 'globex' | 'northgate',
  kind: string,
): Promise<string> {
  const personId =
    tenant === 'acme' ? fixture.people.mira : await addMember(fixture, fixture.tenants[tenant]);
  await fixture.sql(
    "UPDATE access_request SET outcome = 'expired', ended_at = now() WHERE person_id = $1 AND outcome IS NULL",
    [personId],
  );
  return insert(fixture, 'access_request', {
    tenant_id: fixture.tenants[tenant],
    kind,
    person_id: personId,
    person_name: 'mira',
    vm_id: machines[tenant],
    vm_name: `of-${tenant}`,
    role: 'operator',
    length_ms: 3_600_000,
    reason: 'disk full',
    expires_at: new Date(Date.now() + 600_000),
  });
}

/** A way in for the provider's support: asked for by one of its people, or given by somebody who runs the organisation. */
async function addSupport(
  fixture: Fixture,
  tenantId: string,
  as: 'asked' | 'given',
  over: Record<string, unknown> = {},
): Promise<string> {
  const now = new Date();
  // One asks once at a time, and several of these may stand.
  const asked = {
    person_id: await addMember(fixture, fixture.tenants.northgate, 'support'),
    person_name: 'New',
  };
  const giver = as === 'asked' ? null : await addMember(fixture, tenantId, 'owner');
  return insert(fixture, 'support_grant', {
    tenant_id: tenantId,
    provider_id: fixture.tenants.northgate,
    reason: 'ticket 4711',
    rights: ['look'],
    length_ms: 900_000,
    created_at: now,
    expires_at: new Date(now.getTime() + 900_000),
    ...(as === 'asked'
      ? asked
      : {
          given_at: now,
          given_by: giver,
          given_name: 'New',
          ends_at: new Date(now.getTime() + 900_000),
        }),
    ...over,
  });
}

/** Two have confirmed it. */
async function broken(fixture: Fixture, id: string): Promise<string> {
  for (const name of ['one', 'two'])
    await fixture.sql(
      `INSERT INTO request_confirmation (tenant_id, request_id, person_id, person_name, asker_id)
       SELECT tenant_id, id, gen_random_uuid(), $2, person_id FROM access_request WHERE id = $1`,
      [id, name],
    );
  await fixture.sql(
    `UPDATE access_request SET outcome = 'approved', ended_at = now(), ended_by = gen_random_uuid(), ended_name = 'two',
       given_role = 'operator', given_until = now() + interval '1 hour' WHERE id = $1`,
    [id],
  );
  return id;
}

function addGuestLink(
  { fixture, machines }: Scene,
  tenant: 'acme' | 'globex' | 'northgate',
  over: Record<string, unknown> = {},
): Promise<string> {
  return insert(fixture, 'guest_link', {
    tenant_id: fixture.tenants[tenant],
    vm_id: machines[tenant],
    vm_name: `of-${tenant}`,
    guest_name: 'Nina',
    email: 'nina@guest.example',
    rights: ['look'],
    one_visit: false,
    door: true,
    reason: '',
    ends_at: new Date(Date.now() + 3_600_000),
    created_by: fixture.people[tenant === 'acme' ? 'jon' : tenant === 'globex' ? 'gus' : 'olga'],
    created_name: 'maker',
    ...over,
  });
}

function addTeam(fixture: Fixture, tenant: 'acme' | 'globex' | 'northgate'): Promise<string> {
  return insert(fixture, 'team', { tenant_id: fixture.tenants[tenant], name: randomUUID() });
}

async function addMember(fixture: Fixture, tenantId: string, role = 'member'): Promise<string> {
  const personId = await insert(fixture, 'person', { email: `${randomUUID()}@new.example`, name: 'New' });
  await fixture.sql(`INSERT INTO membership (tenant_id, person_id, role) VALUES ($1, $2, $3)`, [
    tenantId,
    personId,
    role,
  ]);
  return personId;
}

function addProbe(
  fixture: Fixture,
  tenant: 'acme' | 'globex' | 'northgate',
  address: string,
): Promise<string> {
  return insert(fixture, 'pool_probe', {
    tenant_id: fixture.tenants[tenant],
    address,
    port: 443,
    requested_by: fixture.people.olga,
    finished_at: new Date(),
    certificate: {
      fingerprint256: PIN,
      subject: '',
      issuer: '',
      validFrom: '',
      validTo: '',
      tlsVersion: 'TLSv1.3',
    },
  });
}

async function insert(fixture: Fixture, table: string, values: Record<string, unknown>): Promise<string> {
  const columns = Object.keys(values);
  const [row] = await fixture.sql(
    `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map((_, index) => `$${index + 1}`).join(', ')}) RETURNING id`,
    Object.values(values),
  );
  return String(row?.id);
}
