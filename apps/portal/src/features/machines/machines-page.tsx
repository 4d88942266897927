'use client';

import { useQuery } from '@tanstack/react-query';
import { useParams, useRouter } from 'next/navigation';
import { useDeferredValue, useMemo, useState } from 'react';
import type { MachineRow } from '../../server/machines/machine.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import { useWords } from '../../words/use-words.ts';
import { useOrganisation } from '../account/use-me.ts';
import { consoleAddress } from '../console/open-console-button.tsx';
import { QueryFault } from '../navigation/query-fault.tsx';
import { BulkBar } from '../power/bulk-bar.tsx';
import { BulkShare } from '../sharing/bulk-share.tsx';
import { filterMachines, isFiltered, type MachineFilter, type Sort } from './machine-filter.ts';
import { FilterChips, MachineFilters } from './machine-filters.tsx';
import { MachineCells } from './machine-row.tsx';
import { useHeldRows } from './use-held-rows.ts';
import { useMachineFilter } from './use-machine-filter.ts';
import { useSelection } from './use-selection.ts';
import { whyNotOpen } from './why-not-open.ts';

const SKELETON_ROWS = 12;

/** Find one and be on it in two clicks (design §5). */
export function MachinesPage() {
  const t = useWords();
  const { org } = useParams<{ org: string }>();
  const trpc = useTRPC();
  const list = useQuery(trpc.machines.list.queryOptions({ org }));
  const organisation = useOrganisation(org);
  const [filter, setFilter] = useMachineFilter();
  const deferred = useDeferredValue(filter);
  const rows = list.data?.rows;
  const found = useMemo(() => filterMachines(rows ?? [], deferred), [rows, deferred]);
  const away = [
    ...new Set((rows ?? []).filter((row) => row.unknownSince !== null).map((row) => row.poolName)),
  ];

  return (
    <>
      <title>{t('app.title', { page: t('machines.title'), org: organisation?.name ?? org })}</title>
      <PageHead title={t('machines.title')} />
      {away.length > 0 && (
        <div className="-mx-4 mb-4 sm:-mx-8">
          <Banner>{t('machines.poolAway', { pools: away.join(', '), n: away.length })}</Banner>
        </div>
      )}
      <search className="flex gap-2 pb-2">
        <SearchField
          label={t('machines.search')}
          hint={t('machines.searchHint')}
          clearLabel={t('machines.clear')}
          value={filter.q}
          onChange={(q) => setFilter({ q })}
        />
        <MachineFilters
          filter={filter}
          tags={list.data?.tags ?? []}
          matched={found.length}
          onChange={setFilter}
        />
      </search>
      <div className="flex min-h-8 flex-wrap items-center gap-x-4 gap-y-2 pb-2 text-ink-2 text-sm">
        <p role="status" className="tabular">
          {rows !== undefined &&
            (isFiltered(deferred)
              ? t('machines.matching', { matched: found.length, n: rows.length })
              : t('machines.count', { n: rows.length }))}
        </p>
        <FilterChips filter={filter} onChange={setFilter} />
      </div>
      {rows !== undefined ? (
        <MachineList
          org={org}
          all={rows}
          managers={list.data?.managers ?? []}
          found={found}
          filter={filter}
          onChange={setFilter}
        />
      ) : list.isError ? (
        <QueryFault error={apiErrorOf(list.error)} onRetry={() => void list.refetch()} />
      ) : (
        <SkeletonRows rows={SKELETON_ROWS} columns={['22%', '12%', '16%', '10%']} />
      )}
    </>
  );
}

interface ListProps {
  org: string;
  all: readonly MachineRow[];
  managers: readonly string[];
  found: readonly MachineRow[];
  filter: MachineFilter;
  onChange: (change: Partial<MachineFilter>) => void;
}

function MachineList({ org, all, managers, found, filter, onChange }: ListProps) {
  const t = useWords();
  const router = useRouter();
  const [pointed, setPointed] = useState(false);
  const { shown, waiting, release } = useHeldRows(found, pointed && !isFiltered(filter));
  const rowKeys = {
    x: (index: number) => {
      const machine = shown[index];
      if (machine !== undefined) selection.toggle(machine.id, false);
    },
    o: (index: number) => {
      const machine = shown[index];
      if (machine === undefined || whyNotOpen(machine, t) !== null) return;
      router.push(consoleAddress(org, machine.id));
    },
  };
  const selection = useSelection(shown);
  const selected = shown.filter(({ id }) => selection.ids.has(id));
  const columns = useColumns(filter.sort, (sort) => onChange({ sort }));
  if (all.length === 0) return <NoMachines org={org} managers={managers} />;
  if (found.length === 0)
    return (
      <EmptyState title={t('machines.noMatch.title')} sentence={t('machines.noMatch.sentence', { org })}>
        <Button onClick={() => onChange({ q: '', states: [], tags: [] })}>
          {t('machines.noMatch.button')}
        </Button>
      </EmptyState>
    );
  return (
    <div onPointerEnter={() => setPointed(true)} onPointerLeave={() => setPointed(false)}>
      {waiting > 0 && (
        <Button kind="quiet" size="small" onClick={release} className="mb-2">
          {t('machines.newOnes', { n: waiting })}
        </Button>
      )}
      <Table
        label={t('machines.title')}
        columns={columns}
        rows={shown}
        rowKey={(row) => row.id}
        rowTestId="machine-row"
        rowKeys={rowKeys}
      >
        {(machine) => (
          <MachineCells
            org={org}
            machine={machine}
            selected={selection.ids.has(machine.id)}
            onToggle={selection.toggle}
          />
        )}
      </Table>
      <BulkBar
        org={org}
        selected={selected}
        total={shown.length}
        acts={<BulkShare org={org} machines={selected} />}
        onAll={selection.selectAll}
        onClear={selection.clear}
      />
    </div>
  );
}

function useColumns(sort: Sort, onSort: (sort: Sort) => void): readonly Column[] {
  const t = useWords();
  const sortable = (key: 'name' | 'state' | 'pool', label: string): NonNullable<Column['sort']> => ({
    direction: sort === key ? 'ascending' : sort === `-${key}` ? 'descending' : null,
    onToggle: () => onSort(sort === key ? `-${key}` : key),
    label: t('machines.sortBy', { column: label }),
  });
  return [
    { key: 'select', label: t('power.bulk.column'), width: '1.5rem', hideLabel: true },
    {
      key: 'name',
      label: t('machines.name'),
      width: 'minmax(10rem,1.6fr)',
      sort: sortable('name', t('machines.name')),
    },
    {
      key: 'state',
      label: t('machines.state'),
      width: 'minmax(9rem,1fr)',
      sort: sortable('state', t('machines.state')),
    },
    { key: 'address', label: t('machines.address'), width: 'minmax(0,1fr)', from: 'lg' },
    {
      key: 'pool',
      label: t('machines.pool'),
      width: 'minmax(0,.7fr)',
      from: 'xl',
      sort: sortable('pool', t('machines.pool')),
    },
    { key: 'here', label: t('machines.here'), width: '7rem', from: 'lg' },
    { key: 'console', label: t('machines.actions'), width: '8rem', hideLabel: true },
  ];
}

function NoMachines({ org, managers }: { org: string; managers: readonly string[] }) {
  const t = useWords();
  const organisation = useOrganisation(org);
  const name = organisation?.name ?? org;
  const member = organisation?.role === 'member';
  return member ? (
    <EmptyState
      title={t('machines.none.title')}
      sentence={t('machines.none.sentence', {
        names: managers.length === 0 ? 'none' : 'some',
        org: name,
        people: managers.join(', '),
      })}
    />
  ) : (
    <EmptyState
      title={t('machines.noneHeld.title', { org: name })}
      sentence={t('machines.noneHeld.sentence', { org: name })}
    />
  );
}
