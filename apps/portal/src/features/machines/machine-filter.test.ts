import { describe, expect, it } from 'vitest';
import { filterMachines, type Listed, readFilter, writeFilter } from './machine-filter.ts';

function row(name: string, more: Partial<Listed> = {}): Listed {
  return {
    id: `id-${name}`,
    uuid: `uuid-of-${name}`,
    name,
    tags: [],
    addresses: [],
    osName: null,
    poolName: 'Frankfurt',
    here: [],
    powerState: 'Running',
    operation: null,
    crashedAt: null,
    unknownSince: null,
    ...more,
  };
}

const rows = [
  row('web-10', { tags: ['prod'], addresses: ['10.0.4.11'] }),
  row('web-2', { tags: ['prod', 'web'] }),
  row('db-01', { powerState: 'Halted' }),
  row('build', { here: [{ name: 'Mira Lang' }], operation: 'clean_reboot' }),
];
const shown = (query: string) =>
  filterMachines(rows, readFilter(new URLSearchParams(query))).map(({ name }) => name);

describe('the list of machines', () => {
  it('sorts names as people count', () => {
    expect(shown('')).toEqual(['build', 'db-01', 'web-2', 'web-10']);
    expect(shown('sort=-name')).toEqual(['web-10', 'web-2', 'db-01', 'build']);
  });

  it('searches names, addresses, tags and people at once, every word', () => {
    expect(shown('q=web')).toEqual(['web-2', 'web-10']);
    expect(shown('q=10.0.4')).toEqual(['web-10']);
    expect(shown('q=uuid-of-web-10')).toEqual(['web-10']);
    expect(shown('q=mira')).toEqual(['build']);
    expect(shown('q=web+10.0')).toEqual(['web-10']);
  });

  it('takes the host’s own word for off', () => {
    expect(shown('q=halted')).toEqual(['db-01']);
  });

  it('filters by several states and by every tag', () => {
    expect(shown('state=off,busy')).toEqual(['build', 'db-01']);
    expect(shown('tag=prod&tag=web')).toEqual(['web-2']);
  });

  it('leaves out what the address should not hold', () => {
    expect(readFilter(new URLSearchParams('state=evil&sort=evil'))).toEqual({
      q: '',
      states: [],
      tags: [],
      sort: 'name',
    });
  });

  it('writes an address that reads back the same', () => {
    const filter = readFilter(new URLSearchParams('q=a+b&state=off&tag=x&tag=y&sort=-pool'));
    expect(readFilter(new URLSearchParams(writeFilter(filter)))).toEqual(filter);
    expect(writeFilter(readFilter(new URLSearchParams('')))).toBe('');
  });
});
