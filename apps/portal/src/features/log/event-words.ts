import type { LogEvent } from '../../server/log/log-event.ts';
import { duration } from '../../ui/format-amount.ts';
import type { Words } from '../../words/use-words.ts';
import { settingOf } from '../policy/policy-words.ts';
import { changesIn } from './changes-in.ts';

/** Every action that the log can hold, as half a sentence behind a name. */
const KNOWN = [
  'sign-in.ok',
  'sign-in.refused',
  'sign-in.confirmed',
  'factor.added',
  'factor.removed',
  'factor.renamed',
  'factor.refused',
  'factor.recovery',
  'factor.codes-made',
  'sso.changed',
  'sso.domain',
  'sso.linked',
  'sso.refused',
  'sign-out',
  'session.ended',
  'token.made',
  'token.used',
  'token.ended',
  'token.refused',
  'reset.asked',
  'sign-up.asked',
  'password.reset',
  'password.changed',
  'email.change-asked',
  'email.changed',
  'invitation.sent',
  'invitation.sent-again',
  'invitation.withdrawn',
  'invitation.accepted',
  'member.joined',
  'member.role',
  'member.removed',
  'member.left',
  'team.created',
  'team.renamed',
  'team.removed',
  'team.joined',
  'team.left',
  'organisation.created',
  'organisation.suspended',
  'organisation.resumed',
  'console.request',
  'console.open',
  'console.denied',
  'console.close',
  'console.close-asked',
  'access.refused',
  'tunnel.up',
  'tunnel.down',
  'keyboard.taken',
  'keyboard.handed-over',
  'keyboard.released',
  'keyboard.moved',
  'access.exported',
  'grant.given',
  'grant.ended',
  'request.asked',
  'request.withdrawn',
  'request.approved',
  'request.refused',
  'request.lapsed',
  'glass.asked',
  'glass.confirmed',
  'glass.broken',
  'glass.reviewed',
  'guest.made',
  'guest.mailed',
  'guest.opened',
  'guest.code-refused',
  'guest.proved',
  'guest.waiting',
  'guest.let-in',
  'guest.not-let-in',
  'guest.left',
  'guest.ended',
  'guest.restored',
  'support.asked',
  'support.given',
  'support.refused',
  'support.entered',
  'support.ended',
  'lock.set',
  'lock.lifted',
  'policy.changed',
  'allotment.changed',
  'vm.allotted',
  'vm.left',
  'vm.arrived',
  'pool.added',
  'pool.renamed',
  'pool.moved',
  'pool.host-address',
  'pool.paused',
  'pool.resumed',
  'pool.removed',
  'pool.state',
  'pool.probe',
  'pool.pin_mismatch',
  'pool.location_rejected',
  'credential.written',
  'credential.used',
  'power.requested',
  'power.cancel-asked',
  'power.done',
  'power.failed',
  'check.asked',
  'check.cancel-asked',
  'check.done',
  'check.scheduled',
  'audit.verified',
] as const;
export type KnownAction = (typeof KNOWN)[number];
export const KNOWN_ACTIONS: readonly KnownAction[] = KNOWN;

type EventFields = Pick<LogEvent, 'action' | 'actor' | 'target' | 'data'>;

/** What happened: "opened the screen of web-01". */
export function eventSentence({ action, actor, target, data }: EventFields, t: Words): string {
  const values = {
    target:
      wideOver(data, t) ??
      target?.name ??
      nameIn(data, 'over') ??
      wordOf(data, 'address') ??
      t('log.something'),
    receiver: nameIn(data, 'receiver') ?? nameIn(data, 'member') ?? t('event.theProvider'),
    why: wordOf(data, 'why') === 'left-provider' ? 'gone' : (wordOf(data, 'why') ?? 'other'),
    kind: wordOf(data, 'kind') ?? 'screen',
    mode: wordOf(data, 'mode') ?? 'type',
    state: wordOf(data, 'to') ?? 'other',
    intact: String(data.intact ?? true),
    role: wordOf(data, 'role') ?? 'other',
    act: wordOf(data, 'act') ?? 'other',
    guest: wordOf(data, 'guest') ?? '',
    leaves: wordOf(data, 'why') === 'machine-left' ? 'yes' : 'no',
    end: endCase(actor, data),
    self: isSelf(actor, data) ? 'yes' : 'no',
    emergency: data.emergency === true ? 'yes' : 'no',
    asker: nameIn(data, 'asker') ?? '',
    byToken: tokenOfAsker(data) === null ? 'no' : 'yes',
    token: tokenOfAsker(data) ?? '',
    byOther: nameIn(data, 'person') === null ? 'no' : 'yes',
    whose: nameIn(data, 'person') ?? '',
    from: nameIn(data, 'from') ?? '',
    to: nameIn(data, 'to') ?? '',
    before: wordOf(data, 'before') ?? '',
    after: wordOf(data, 'after') ?? '',
    email: wordOf(data, 'email') ?? t('log.something'),
    domain: wordOf(data, 'domain') ?? '',
    step: wordOf(data, 'step') ?? 'other',
    factor: wordOf(data, 'factor') ?? 'other',
    name: wordOf(data, 'name') ?? '',
    reason: wordOf(data, 'reason') ?? 'other',
    host: nameIn(data, 'host') ?? '',
    case: keyboardCase(data),
    settings: settingsIn(data, t),
    result: wordOf(data, 'result') ?? wordOf(data, 'end') ?? 'other',
    hours: typeof data.after === 'number' ? data.after : 0,
    n: typeof data.times === 'number' ? data.times : typeof data.left === 'number' ? data.left : 0,
    action,
  };
  const known = KNOWN.find((candidate) => candidate === action);
  return known === undefined ? t('event.other', values) : t(`event.${known}`, values);
}

/** The settings that a change of the policy changed, by name. */
function settingsIn(data: Record<string, unknown>, t: Words): string {
  const names = changesIn(data).map(({ setting }) => {
    const known = settingOf(setting);
    return known === null ? setting : t(`policy.setting.${known}`);
  });
  return names.length === 0 ? t('log.nobodyKnows') : new Intl.ListFormat('en-GB').format(names);
}

/** Whether somebody did it to themself: their name twice in one sentence reads like two people. */
function isSelf({ personId }: LogEvent['actor'], { receiver, member }: Record<string, unknown>): boolean {
  return personId !== null && Object(receiver ?? member).id === personId;
}

/** How something ended, as far as the sentence tells it: by its date, with a password, or by who had it. */
function endCase(actor: LogEvent['actor'], data: Record<string, unknown>): string {
  const why = wordOf(data, 'why');
  if (why === 'ran-out') return 'planned';
  if (why === 'password-changed') return 'password';
  return isSelf(actor, data) ? 'self' : 'other';
}

/** The API token by which a program asked for somebody. */
function tokenOfAsker({ asker }: Record<string, unknown>): string | null {
  return nameIn(Object(asker), 'token');
}

/** How a keyboard came into other hands: `KeyboardCause` of the relay, as far as the sentence tells it. */
function keyboardCase(data: Record<string, unknown>): string {
  const why = wordOf(data, 'why');
  if (why === 'left') return 'left';
  if (why === 'right-gone') return 'gone';
  if (nameIn(data, 'to') === null) return 'nobody';
  return nameIn(data, 'from') === null ? 'free' : 'other';
}

/** As what somebody was there who is no member: a guest, or the provider's support at a console. */
export function actorMark({ actor, data }: Pick<LogEvent, 'actor' | 'data'>): 'guest' | 'support' | null {
  if (actor.kind === 'guest') return 'guest';
  return wordOf(data, 'supportGrantId') === null ? null : 'support';
}

/** Emergencies stand out among all that happens every day. */
export function isLoud({ action }: Pick<LogEvent, 'action'>): boolean {
  return action.startsWith('glass.');
}

/** How it ended, or how long it took: the last column. */
export function eventResult(event: Pick<LogEvent, 'action' | 'outcome' | 'data'>, t: Words): string {
  const took = event.data.durationMs;
  if (event.action === 'console.close' && typeof took === 'number') return duration(took, t);
  if (event.outcome === 'refused') return t('log.outcomes.refused');
  if (event.outcome === 'failed') return t('log.outcomes.failed');
  return '';
}

function wordOf(data: Record<string, unknown>, field: string): string | null {
  const value = data[field];
  return typeof value === 'string' ? value : null;
}

/** What a grant is over where that is more than one machine. */
function wideOver(data: Record<string, unknown>, t: Words): string | null {
  const { over } = data;
  const kind = typeof over === 'object' && over !== null && 'kind' in over ? over.kind : null;
  if (kind !== 'tag' && kind !== 'all') return null;
  return t('access.target', { target: kind, tag: nameIn(data, 'over') ?? '' });
}

function nameIn(data: Record<string, unknown>, field: string): string | null {
  const value = data[field];
  return typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string'
    ? value.name
    : null;
}
