import { createLogger } from '@porthole/logger';
import { BUNDLES, type Right, type VmFacts } from '@porthole/rbac';
import type { CloseKind } from '@porthole/relay-contract';
import { describe, expect, it } from 'vitest';
import { RecordingSeat } from '../hub/recording-seat.ts';
import { type AuthoritySource, AuthorityWatch, type Standing } from './authority-watch.ts';
import type { SeatFacts } from './judge-seat.ts';

const vm: VmFacts = { id: 'vm', tenantId: 'acme', poolId: 'pool', tags: [], isControlDomain: false };
const epochs = { tenant: '1', person: '1' };
const NO_LIMITS = {
  idleTimeoutMs: null,
  maximumTimeMs: null,
  clipboardToGuest: true,
  clipboardFromGuest: true,
  keyboard: 'free',
} as const;

function factsWith(role: 'viewer' | 'operator' | null, endsAt: Date | null = null): SeatFacts['facts'] {
  return {
    now: new Date(0),
    tenantId: 'acme',
    tenantSuspended: false,
    personId: 'mira',
    personDisabled: false,
    sessionAlive: true,
    factorAt: null,
    factorPolicy: { required: false, consoleMaxAgeMs: null },
    role: 'member',
    grants:
      role === null
        ? []
        : [{ id: 'g', role, rights: BUNDLES[role], target: { kind: 'vm', vmId: 'vm' }, team: null, endsAt }],
    locks: [],
    policy: { ...NO_LIMITS },
  };
}

function found(change: Partial<SeatFacts> = {}): SeatFacts {
  return {
    facts: factsWith('operator'),
    vm,
    poolPaused: false,
    loginRanOut: false,
    grantEnded: null,
    closeAsked: null,
    ...change,
  };
}

/** A watch over one seat that was admitted as an operator; the answers of its database are set by the test. */
function watching({
  endsAt = null,
  poolIdleTimeoutS = null,
}: {
  endsAt?: Date | null;
  poolIdleTimeoutS?: number | null;
} = {}) {
  const recording = new RecordingSeat();
  const { seat, clock } = recording;
  const standing: Standing = {
    seatId: seat.id,
    tenantEpoch: '1',
    personEpoch: '1',
    sessionAlive: true,
    closeAsked: false,
  };
  const answers: { standing: readonly Standing[] | Error; facts: SeatFacts | null; asked: number } = {
    standing: [standing],
    facts: found(),
    asked: 0,
  };
  const changed: (readonly Right[])[] = [];
  const touched: string[] = [];
  let unwritable = false;
  const source: AuthoritySource = {
    standing: async () => {
      if (answers.standing instanceof Error) throw answers.standing;
      return answers.standing;
    },
    facts: async (seatIds) => {
      answers.asked += seatIds.length;
      return new Map(answers.facts === null ? [] : seatIds.map((id) => [id, answers.facts ?? found()]));
    },
    rightsChanged: async (_seatId, rights) => {
      if (unwritable) throw new Error('away');
      changed.push(rights);
    },
    touch: async (seatId) => void touched.push(seatId),
  };
  const watch = new AuthorityWatch({ source, clock, log: createLogger({ app: 'test', level: 'silent' }) });
  watch.watch(seat, {
    mode: 'type',
    facts: { ...factsWith('operator', endsAt), epochs },
    vm,
    poolIdleTimeoutS,
  });
  /** Lets time pass second by second, so that each poll ends before the next. */
  const pass = async (seconds: number) => {
    for (let second = 0; second < seconds; second += 1) {
      clock.advance(1_000);
      await watch.poll();
    }
  };
  return {
    seat,
    recording,
    answers,
    standing,
    changed,
    touched,
    pass,
    watch,
    unwritable: (is: boolean) => {
      unwritable = is;
    },
  };
}

const kindOf = async (seat: RecordingSeat['seat']) => (await seat.ended).kind;

describe('the authority of a live seat', () => {
  it('is not asked for again while nothing has changed', async () => {
    const { answers, pass } = watching();
    await pass(5);
    expect(answers.asked).toBe(0);
  });

  it('narrows with the facts, and the change is written down', async () => {
    const { seat, answers, standing, changed, pass } = watching();
    answers.standing = [{ ...standing, tenantEpoch: '2' }];
    answers.facts = found({ facts: factsWith('viewer') });
    await pass(2);
    expect(seat.rights).toEqual(['look']);
    expect(changed).toEqual([['look']]);
    expect(answers.asked).toBe(1);
  });

  it('tells whose doing it was before the rights, and before the end', async () => {
    const { recording, answers, standing, pass } = watching();
    const grantEnded = { at: new Date(500), by: 'Jon', planned: false };
    answers.standing = [{ ...standing, tenantEpoch: '2' }];
    answers.facts = found({ facts: factsWith('viewer'), grantEnded });
    await pass(1);
    answers.standing = [{ ...standing, tenantEpoch: '3' }];
    answers.facts = found({ facts: factsWith(null), grantEnded });
    await pass(1);
    const told = { type: 'access-changed', by: 'Jon', at: '1970-01-01T00:00:00.500Z', reason: '' };
    expect(recording.said.map(({ type }) => type)).toEqual([
      'access-changed',
      'rights',
      'access-changed',
      'receipt',
    ]);
    expect(recording.said.filter(({ type }) => type === 'access-changed')).toEqual([told, told]);
  });

  it.each<[string, Partial<Standing>, SeatFacts | null, CloseKind]>([
    ['no right is left', { personEpoch: '2' }, found({ facts: factsWith(null) }), 'withdrawn'],
    ['the machine is gone', { tenantEpoch: '2' }, found({ vm: null }), 'machineGone'],
    [
      'somebody closes it by hand',
      { closeAsked: true },
      found({ closeAsked: { at: new Date(0), by: 'Jon', reason: 'patching' } }),
      'closedByHand',
    ],
    ['it has ended between two looks', { tenantEpoch: '2' }, null, 'authorityUnknown'],
  ])('ends it when %s', async (_what, change, facts, kind) => {
    const { seat, answers, standing, pass } = watching();
    answers.standing = [{ ...standing, ...change }];
    answers.facts = facts;
    await pass(1);
    expect(await kindOf(seat)).toBe(kind);
  });

  it('does not wait for what others are to see of it, and has it written once that can be', async () => {
    const { seat, answers, standing, changed, pass, unwritable } = watching();
    unwritable(true);
    answers.standing = [{ ...standing, tenantEpoch: '2' }];
    answers.facts = found({ facts: factsWith('viewer') });
    await pass(20);
    expect(seat.rights).toEqual(['look']);
    expect(seat.isOver).toBe(false);
    unwritable(false);
    await pass(2);
    expect(changed).toEqual([['look']]);
  });

  it('has the organisation’s times as they are now, and never more than the pool’s own', async () => {
    const { recording, answers, standing, pass } = watching({ poolIdleTimeoutS: 600 });
    const times = { idleTimeoutMs: 300_000, maximumTimeMs: 3_600_000 };
    answers.standing = [{ ...standing, tenantEpoch: '2' }];
    answers.facts = found({ facts: { ...factsWith('operator'), policy: { ...NO_LIMITS, ...times } } });
    await pass(1);
    answers.standing = [{ ...standing, tenantEpoch: '3' }];
    answers.facts = found();
    await pass(1);
    expect(recording.said.filter(({ type }) => type === 'times')).toEqual([
      { type: 'times', ...times },
      { type: 'times', idleTimeoutMs: 600_000, maximumTimeMs: 28_800_000 },
    ]);
  });

  it('is looked at again when a grant runs out, though no epoch says so', async () => {
    const { seat, answers, pass } = watching({ endsAt: new Date(90_000) });
    await pass(89);
    answers.facts = found({ facts: factsWith(null) });
    await pass(2);
    expect(await kindOf(seat)).toBe('withdrawn');
  });

  it('stops the typing at 15 s and ends the seat at 20 s when nobody can say any more', async () => {
    const { seat, recording, answers, pass } = watching();
    answers.standing = new Error('away');
    await pass(14);
    expect(seat.may('type')).toBe(true);
    await pass(1);
    expect(seat.may('type')).toBe(false);
    expect(seat.may('look')).toBe(true);
    expect(recording.said.at(-1)).toEqual({ type: 'typing-paused', closesInMs: 5_000 });
    await pass(5);
    expect(await kindOf(seat)).toBe('authorityUnknown');
  });

  it('goes on typing once it is confirmed again', async () => {
    const { seat, recording, answers, standing, pass } = watching();
    answers.standing = new Error('away');
    await pass(16);
    answers.standing = [standing];
    await pass(1);
    expect(seat.may('type')).toBe(true);
    expect(recording.said.at(-1)).toMatchObject({ type: 'rights', rights: ['look', 'type', 'clipboard'] });
  });

  it('ends a seat that the database has ended', async () => {
    const { seat, answers, pass } = watching();
    answers.standing = [];
    await pass(1);
    expect(await kindOf(seat)).toBe('authorityUnknown');
  });

  it('lets typed input count for the login session at most once a minute', async () => {
    const { seat, touched, pass } = watching();
    for (let round = 0; round < 12; round += 1) {
      seat.noteInput(1, true);
      await pass(10);
    }
    expect(touched).toHaveLength(2);
    await pass(120);
    expect(touched).toHaveLength(2);
  });
});
