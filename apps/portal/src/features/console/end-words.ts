import type { CloseKind, ConsoleKind, TicketOutcome } from '@porthole/relay-contract';
import type { LockHere } from '../../server/locks/list-locks.ts';
import type { Words } from '../../words/use-words.ts';
import { openLocked } from '../locks/lock-words.ts';
import type { ConsoleEnd } from './console-end.ts';
import { longestTime } from './time-left.ts';

/** What the button under the words does. */
export type EndAct =
  | 'again'
  | 'machines'
  | 'pools'
  | 'other-kind'
  | 'reload'
  | 'sign-in'
  | 'organisations'
  | 'none';

export interface EndWords {
  title: string;
  sentence: string;
  button: string;
  act: EndAct;
}

/** What the words need to know besides the end itself. */
export interface EndContext {
  t: Words;
  machine: string;
  /** Name of the organisation. */
  org: string;
  kind: ConsoleKind;
  /** A customer reads no host's name, address or answer (design §7). */
  viewer: 'customer' | 'provider';
  /** Clock time of the end, or of what ended it where the relay told. */
  time: string;
  /** What keeps the machine's consoles closed now; null where nothing does, or it isn't known. */
  lock: LockHere | null;
  /** Who ended it, as far as anybody knows. */
  by: string | null;
  /** What they wrote. */
  reason: string;
  /** The state of the machine as it was read again. */
  state: string;
  idleMinutes: number;
  /** How long a console lasts at most; null where the relay never said. */
  maximumTimeMs: number | null;
  seatsOfPerson: number;
}

type Row = (context: EndContext) => EndWords;

const again =
  (
    key: 'end.left' | 'guest.off',
    values: (context: EndContext) => Record<string, string> = () => ({}),
  ): Row =>
  (context) => {
    const { t, machine } = context;
    const args = { machine, ...values(context) };
    return {
      title: t(`${key}.title`, args),
      sentence: t(`${key}.sentence`, args),
      button: t(`${key}.button`),
      act: 'again',
    };
  };

const HOST_KEYS = {
  certificate: 'host.changed',
  hostUnreachable: 'host.refused',
  hostName: 'host.name',
  hostTls: 'host.tls',
  hostRefusedSession: 'host.401',
  hostRefusedRole: 'host.403',
  hostNoConsole: 'host.404',
  hostState: 'host.404',
  hostSilent: 'host.eof',
  hostLost: 'host.lost',
} as const;

const TO_POOLS: readonly string[] = ['host.changed', 'host.401', 'host.403'];

/** The provider reads the row itself, a customer `host.any`. */
const host =
  (kind: keyof typeof HOST_KEYS): Row =>
  ({ t, machine, state, viewer }) => {
    const key = viewer === 'customer' ? 'host.any' : HOST_KEYS[kind];
    return {
      title: t(`${key}.title`, { machine }),
      sentence: t(`${key}.sentence`, { machine, state }),
      button: t(`${key}.button`),
      act: TO_POOLS.includes(key) ? 'pools' : 'again',
    };
  };

const full =
  (scope: 'person' | 'console' | 'tenant'): Row =>
  ({ t, machine, org, seatsOfPerson }) => ({
    title: t('open.full.title', { scope, n: seatsOfPerson, machine, org }),
    sentence: t('open.full.sentence'),
    button: t('open.full.button'),
    act: 'again',
  });

const breach: Row = ({ t }) => ({
  title: t('end.protocol.title'),
  sentence: t('end.protocol.sentence'),
  button: t('end.protocol.button'),
  act: 'reload',
});

const lost: Row = ({ t }) => ({
  title: t('end.lost.title', { case: 'over' }),
  sentence: t('end.lost.sentence', { case: 'over', s: 0 }),
  button: t('end.lost.button'),
  act: 'again',
});

const oneMoment: Row = ({ t }) => ({
  title: t('end.drain.title'),
  sentence: t('end.drain.sentence'),
  button: t('app.retry'),
  act: 'again',
});

const logAway: Row = ({ t }) => ({
  title: t('open.log-away.title'),
  sentence: t('open.log-away.sentence'),
  button: t('open.log-away.button'),
  act: 'again',
});

const noLook: Row = ({ t, machine }) => ({
  title: t('open.no-look.title'),
  sentence: t('open.no-look.sentence', { machine, names: 'none', people: '' }),
  button: t('open.no-look.button'),
  act: 'machines',
});

const withdrawn: Row = ({ t, machine, time, by }) => ({
  title: t('end.withdrawn.title'),
  sentence: t('end.withdrawn.sentence', {
    machine,
    time,
    by: by === null ? 'none' : 'some',
    person: by ?? '',
  }),
  button: t('end.withdrawn.button'),
  act: 'machines',
});

const locked: Row = ({ t, machine, lock }) => ({
  ...openLocked(lock, machine, t),
  button: t('open.not-found.button', { place: 'machines' }),
  act: 'machines',
});

/** Words for every close of the contract; a new kind doesn't compile without. */
export const CLOSE_WORDS: Record<CloseKind, Row> = {
  left: again('end.left'),
  badMessage: breach,
  tooBig: breach,
  drain: oneMoment,
  moved: oneMoment,
  withdrawn,
  accessEnded: ({ t, machine, time }) => ({
    title: t('end.planned.title'),
    sentence: t('end.planned.sentence', { machine, time }),
    button: t('end.planned.button'),
    act: 'machines',
  }),
  closedByHand: (context) => {
    const { t, machine, by, reason } = context;
    if (by === null) return withdrawn(context);
    return {
      title: t('end.by-hand.title', { person: by }),
      sentence: t('end.by-hand.sentence', { machine, reason, said: reason === '' ? 'none' : 'some' }),
      button: t('end.by-hand.button'),
      act: 'machines',
    };
  },
  signedOut: ({ t }) => ({
    title: t('end.signed-out.title'),
    sentence: t('end.signed-out.sentence'),
    button: t('end.signed-out.button'),
    act: 'sign-in',
  }),
  signInOver: ({ t }) => ({
    title: t('sign.over.title'),
    sentence: t('sign.over.sentence'),
    button: t('sign.over.button'),
    act: 'sign-in',
  }),
  suspended: ({ t, org }) => ({
    title: t('end.suspended.title', { org }),
    sentence: t('end.suspended.sentence'),
    button: t('end.suspended.button'),
    act: 'organisations',
  }),
  locked,
  machineGone: ({ t, machine, time }) => ({
    title: t('end.gone.title', { machine }),
    sentence: t('end.gone.sentence', { time }),
    button: t('end.gone.button'),
    act: 'machines',
  }),
  poolPaused: ({ t, machine }) => ({
    title: t('end.paused.title', { machine }),
    sentence: t('end.paused.sentence', { machine }),
    button: t('end.paused.button'),
    act: 'machines',
  }),
  idle: ({ t, machine, idleMinutes }) => ({
    title: t('end.idle.title', { m: idleMinutes }),
    sentence: t('end.idle.sentence', { machine }),
    button: t('end.idle.button'),
    act: 'again',
  }),
  maximumTime: ({ t, org, maximumTimeMs }) => ({
    title: t('end.max.title', longestTime(maximumTimeMs)),
    sentence: t('end.max.sentence', { org, ...longestTime(maximumTimeMs) }),
    button: t('end.max.button'),
    act: 'again',
  }),
  stalled: ({ t }) => ({
    title: t('end.slow.title'),
    sentence: t('end.slow.sentence'),
    button: t('end.slow.button'),
    act: 'again',
  }),
  limitPerson: full('person'),
  limitConsole: full('console'),
  limitTenant: full('tenant'),
  guestOff: again('guest.off', () => ({ cause: 'now' })),
  certificate: host('certificate'),
  hostUnreachable: host('hostUnreachable'),
  hostName: host('hostName'),
  hostTls: host('hostTls'),
  hostRefusedSession: host('hostRefusedSession'),
  hostRefusedRole: host('hostRefusedRole'),
  hostNoConsole: host('hostNoConsole'),
  hostState: host('hostState'),
  hostBusy: ({ t }) => ({
    title: t('host.503.title'),
    sentence: t('host.503.sentence'),
    button: t('host.503.button'),
    act: 'again',
  }),
  otherKindOpen: ({ t, machine, kind }) => ({
    title: t('host.other-kind.title', { kind }),
    sentence: t('host.other-kind.sentence', { kind, machine }),
    button: t('host.other-kind.button', { kind }),
    act: 'other-kind',
  }),
  hostSilent: host('hostSilent'),
  hostLost: host('hostLost'),
  authorityUnknown: ({ t }) => ({
    title: t('end.unsure.title'),
    sentence: t('end.unsure.sentence'),
    button: t('end.unsure.button'),
    act: 'again',
  }),
  relayFull: ({ t, machine }) => ({
    title: t('open.busy.title'),
    sentence: t('open.busy.sentence', { case: 'now', machine, s: 0 }),
    button: t('app.retry'),
    act: 'again',
  }),
  // The answer of a host is the provider's to read, as with every row of `host.*`.
  notAConsole: (context) => {
    const { t, kind, viewer } = context;
    if (viewer === 'customer') return host('hostSilent')(context);
    return {
      title: t('host.not-rfb.title'),
      sentence: t('host.not-rfb.sentence', { kind }),
      button: t('host.not-rfb.button', { kind }),
      act: 'other-kind',
    };
  },
};

const pass =
  (outcome: TicketOutcome): Row =>
  ({ t }) => ({
    title: t('open.refused.title'),
    // A selector of the message format takes no hyphen.
    sentence: t('open.refused.sentence', { outcome: outcome.replaceAll('-', '_') }),
    button: t('open.refused.button'),
    act: 'again',
  });

/** Words for every outcome of a pass; only its owner ever asks. */
export const OUTCOME_WORDS: Record<TicketOutcome, Row> = {
  waiting: lost,
  opened: lost,
  expired: pass('expired'),
  'used-before': pass('used-before'),
  'other-browser': pass('other-browser'),
  'other-relay': pass('other-relay'),
  'other-site': pass('other-site'),
  revoked: pass('revoked'),
  'right-gone': ({ t, machine }) => ({
    title: t('open.gone.title'),
    sentence: t('open.gone.sentence', { machine }),
    button: t('open.gone.button'),
    act: 'machines',
  }),
  'limit-person': full('person'),
  'limit-console': full('console'),
  'limit-tenant': full('tenant'),
  'log-away': logAway,
};

/** The words of an end: what happened, what it means, what now. */
export function endWords(end: ConsoleEnd, context: EndContext): EndWords {
  const { t, machine } = context;
  switch (end.cause) {
    case 'closed':
      return CLOSE_WORDS[end.kind](context);
    case 'pass':
      return OUTCOME_WORDS[end.outcome](context);
    case 'lost':
      return lost(context);
    case 'breach':
      return breach(context);
    case 'picture':
      return {
        title: t('end.picture.title'),
        sentence: t('end.picture.sentence', { machine }),
        button: t('end.picture.button'),
        act: 'again',
      };
    case 'no-pass':
      return noPassWords(end, context);
  }
}

function noPassWords(end: Extract<ConsoleEnd, { cause: 'no-pass' }>, context: EndContext): EndWords {
  const { t } = context;
  if (end.code.endsWith('/not-found'))
    return {
      title: t('open.not-found.title'),
      sentence: t('open.not-found.sentence'),
      button: t('open.not-found.button', { place: 'machines' }),
      act: 'machines',
    };
  if (end.code === 'rbac/forbidden') return noLook(context);
  if (end.code === 'auth/factor-stale')
    return {
      title: t('open.factor.title'),
      sentence: t('open.factor.sentence', { org: context.org }),
      button: t('open.factor.button'),
      act: 'again',
    };
  if (end.code.startsWith('db/')) return logAway(context);
  if (end.code === 'vm/off') return CLOSE_WORDS.guestOff(context);
  if (end.code === 'rbac/locked') return locked(context);
  if (end.retryAfterS !== null)
    return {
      title: t('open.rate.title', { s: end.retryAfterS }),
      sentence: t('open.rate.sentence'),
      button: t('open.rate.button'),
      act: 'again',
    };
  return {
    title: t('app.fault.title'),
    sentence: end.message,
    button: t('app.fault.button'),
    act: 'again',
  };
}
