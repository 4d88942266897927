import {
  type MachineCondition,
  POWER_STATE_KEYS,
  STATE_KEYS,
  type StateKey,
  stateKeyOf,
} from './machine-state.ts';

export const SORTS = ['name', '-name', 'state', '-state', 'pool', '-pool'] as const;
export type Sort = (typeof SORTS)[number];

/** Search, filters and order of the list: all of it stands in the address. */
export interface MachineFilter {
  q: string;
  states: readonly StateKey[];
  tags: readonly string[];
  sort: Sort;
}

export interface Listed extends MachineCondition {
  id: string;
  uuid: string;
  name: string;
  tags: readonly string[];
  addresses: readonly string[];
  osName: string | null;
  poolName: string;
  here: readonly { name: string }[];
}

/** Reads `?q= state= tag= sort=`; what is unknown is left out rather than refused. */
export function readFilter(params: URLSearchParams): MachineFilter {
  const sort = params.get('sort') ?? 'name';
  return {
    q: params.get('q') ?? '',
    states: (params.get('state') ?? '')
      .split(',')
      .flatMap((word) => STATE_KEYS.filter((key) => key === word)),
    tags: params.getAll('tag'),
    sort: SORTS.find((known) => known === sort) ?? 'name',
  };
}

/** The address of a filter, without what is not set. */
export function writeFilter(filter: MachineFilter): string {
  const params = new URLSearchParams();
  if (filter.q !== '') params.set('q', filter.q);
  if (filter.states.length > 0) params.set('state', filter.states.join(','));
  for (const tag of filter.tags) params.append('tag', tag);
  if (filter.sort !== 'name') params.set('sort', filter.sort);
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

export function isFiltered(filter: MachineFilter): boolean {
  return filter.q !== '' || filter.states.length > 0 || filter.tags.length > 0;
}

/** The rows that fit, in order. Every word of the search must be found somewhere in a row. */
export function filterMachines<T extends Listed>(rows: readonly T[], filter: MachineFilter): T[] {
  const words = filter.q
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const states = new Set<StateKey>(filter.states);
  const found = rows.filter(
    (row) =>
      (states.size === 0 || states.has(stateKeyOf(row))) &&
      filter.tags.every((tag) => row.tags.includes(tag)) &&
      words.every((word) => fits(row, word)),
  );
  return found.sort(orderOf(filter.sort));
}

function fits(row: Listed, word: string): boolean {
  return (
    row.name.toLowerCase().includes(word) ||
    row.id.startsWith(word) ||
    row.uuid.startsWith(word) ||
    row.addresses.some((address) => address.startsWith(word)) ||
    row.tags.some((tag) => tag.toLowerCase().includes(word)) ||
    row.here.some((person) => person.name.toLowerCase().includes(word)) ||
    (row.osName?.toLowerCase().includes(word) ?? false) ||
    // The host's own word for off is searched for too (design §3).
    (word === 'halted' && POWER_STATE_KEYS[row.powerState] === 'off')
  );
}

const names = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

function orderOf(sort: Sort): (a: Listed, b: Listed) => number {
  const byName = (a: Listed, b: Listed) => names.compare(a.name, b.name);
  const order = sort.endsWith('state') ? byState : sort.endsWith('pool') ? byPool : byName;
  const sign = sort.startsWith('-') ? -1 : 1;
  return (a, b) => sign * order(a, b) || byName(a, b);
}

function byState(a: Listed, b: Listed): number {
  return STATE_KEYS.indexOf(stateKeyOf(a)) - STATE_KEYS.indexOf(stateKeyOf(b));
}

function byPool(a: Listed, b: Listed): number {
  return names.compare(a.poolName, b.poolName);
}
