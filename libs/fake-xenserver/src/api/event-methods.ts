import type { PoolWorld } from '../model/pool-world.ts';
import type { Value } from '../model/values.ts';
import { ApiError } from './api-error.ts';
import { type Call, listParameter, type MethodTable, numberParameter, textParameter } from './method.ts';

/** xenapi.md §5: the delay in which changes are gathered; none when only tasks are watched. */
export const BATCH_MS = 50;
/** xenapi.md §5: 24 hours if the given time-out is unusable. */
const LONGEST_WAIT_MS = 24 * 3600 * 1000;
const TOKEN = /^(\d{20}),(\d{20})$/;

interface Subscription {
  /** null = every class */
  className: string | null;
  /** null = every object of the class */
  ref: string | null;
}

/** Events (xenapi.md §5): derived from the database's generations, so merged by nature. */
export function addEventMethods(table: MethodTable): void {
  table.set('event.from', {
    parameters: ['classes', 'token', 'timeout'],
    needsSession: true,
    role: 'read-only',
    run: eventFrom,
  });
  table.set('event.inject', {
    parameters: ['class', 'ref'],
    needsSession: true,
    role: 'read-only',
    run: (call) => {
      const name = textParameter(call, 0, 'class');
      const ref = textParameter(call, 1, 'ref');
      const className = classNamed(call.world, name);
      const row = className ? call.world.db.get(className, ref) : undefined;
      if (!row) throw new ApiError('HANDLE_INVALID', [name, ref]);
      return tokenOf(call.world.db.touch(row));
    },
  });
}

async function eventFrom(call: Call): Promise<Value> {
  const { world } = call;
  const subscriptions = listParameter(call, 0, 'classes').map((text) => parseSubscription(world, text));
  const since = parseToken(textParameter(call, 1, 'token'));
  const seconds = numberParameter(call, 2, Number.NaN);
  const waitMs = seconds >= 0 && seconds * 1000 < LONGEST_WAIT_MS ? seconds * 1000 : LONGEST_WAIT_MS;
  const deadline = Date.now() + waitMs;
  const isTaskOnly = subscriptions.every((subscription) => subscription.className === 'task');
  let needsBatch = !isTaskOnly;
  for (;;) {
    call.session();
    const upTo = world.db.generation;
    const events = eventsSince(world, subscriptions, since);
    if (events.length > 0 && needsBatch && Date.now() < deadline) {
      // Gather once what follows closely, then answer with the merged picture.
      needsBatch = false;
      await pause(call, Math.min(BATCH_MS, deadline - Date.now()), false);
      continue;
    }
    if (events.length > 0 || Date.now() >= deadline || call.signal.aborted) {
      return { token: tokenOf(upTo), events, valid_ref_counts: validRefCounts(world, subscriptions) };
    }
    await pause(call, deadline - Date.now(), true);
  }
}

function eventsSince(world: PoolWorld, subscriptions: readonly Subscription[], since: number): Value[] {
  const events: { at: number; event: Value }[] = [];
  for (const row of world.db.changedSince(since)) {
    if (!world.classNames.includes(row.className)) continue;
    if (!isWatched(subscriptions, row.className, row.ref)) continue;
    const operation = row.created > since ? 'add' : 'mod';
    events.push({
      at: row.modified,
      event: eventOf(row.modified, row.className, operation, row.ref, world.recordOf(row)),
    });
  }
  const deletions = world.db.deletedSince(since);
  for (const { className, ref, created, deleted } of deletions) {
    // What came and went since the token was never known to the caller.
    if (created > since || !isWatched(subscriptions, className, ref)) continue;
    events.push({ at: deleted, event: eventOf(deleted, className, 'del', ref, null) });
  }
  if (deletions.length > 0) events.sort((a, b) => a.at - b.at);
  return events.map(({ event }) => event);
}

function eventOf(
  at: number,
  className: string,
  operation: string,
  ref: string,
  snapshot: Record<string, Value> | null,
): Value {
  // xenapi.md §5: the class in lower case, the snapshot absent on del.
  const event = { id: String(at), timestamp: '0.0', class: className.toLowerCase(), operation, ref };
  return snapshot ? { ...event, snapshot } : event;
}

function validRefCounts(world: PoolWorld, subscriptions: readonly Subscription[]): Value {
  return Object.fromEntries(
    watchedClasses(world, subscriptions).map((name) => [name.toLowerCase(), world.db.count(name)]),
  );
}

function watchedClasses(world: PoolWorld, subscriptions: readonly Subscription[]): readonly string[] {
  if (subscriptions.some((subscription) => subscription.className === null)) return world.classNames;
  return [...new Set(subscriptions.map((subscription) => subscription.className ?? ''))];
}

function isWatched(subscriptions: readonly Subscription[], className: string, ref: string): boolean {
  return subscriptions.some(
    (subscription) =>
      subscription.className === null ||
      (subscription.className === className && (subscription.ref === null || subscription.ref === ref)),
  );
}

function parseSubscription(world: PoolWorld, text: string): Subscription {
  if (text === '*') return { className: null, ref: null };
  const slash = text.indexOf('/');
  const className = classNamed(world, slash < 0 ? text : text.slice(0, slash));
  if (!className) throw new ApiError('EVENT_SUBSCRIPTION_PARSE_FAILURE', [text]);
  return { className, ref: slash < 0 ? null : text.slice(slash + 1) };
}

function classNamed(world: PoolWorld, name: string): string | undefined {
  const lower = name.toLowerCase();
  return world.classNames.find((className) => className.toLowerCase() === lower);
}

function parseToken(token: string): number {
  if (token === '') return 0;
  const found = TOKEN.exec(token);
  if (!found) throw new ApiError('EVENT_FROM_TOKEN_PARSE_FAILURE', [token]);
  return Number(found[1]);
}

/** xenapi.md §5: two zero-padded numbers of twenty digits, comparable as text. */
function tokenOf(generation: number): string {
  const digits = String(generation).padStart(20, '0');
  return `${digits},${digits}`;
}

/** Waits for the time, the end of the call or of a session, and if asked for any change of the database. */
function pause(call: Call, ms: number, endsOnChange: boolean): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      stopChanges?.();
      stopSessions();
      call.signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, Math.max(0, ms));
    const stopChanges = endsOnChange ? call.world.db.subscribe(done) : null;
    const stopSessions = call.world.sessions.onEnd(done);
    call.signal.addEventListener('abort', done);
  });
}
