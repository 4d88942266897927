'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import type { AllottedRow } from '../../server/allotment/list-allotted.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC, useTRPCClient } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { Cell, type Column, Table } from '../../ui/table.tsx';
import { useWords } from '../../words/use-words.ts';
import { useSelection } from '../machines/use-selection.ts';
import { QueryFault } from '../navigation/query-fault.tsx';
import { becauseWord } from './because-word.ts';
import { HandDialog, type HandsPicked } from './hand-dialog.tsx';

const SKELETON_ROWS = 6;
/** Machines of one draft by hand; the server takes no more (`MAX_HANDS`). */
const MOST_HANDS = 250;

interface AllottedMachinesProps {
  org: string;
  poolId: string;
  /** Why nothing can be moved by hand now. */
  reason: string | null;
  onHands: (hands: HandsPicked) => void;
}

/** Every machine of the pool, who has it and why; ticked ones can be given by hand. */
export function AllottedMachines({ org, poolId, reason, onHands }: AllottedMachinesProps) {
  const t = useWords();
  const trpc = useTRPC();
  const api = useTRPCClient();
  const [text, setText] = useState('');
  const q = useDeferredValue(text.trim());
  const filter = { org, id: poolId, ...(q === '' ? {} : { q }) };
  const list = useInfiniteQuery({
    // Its own options would send a direction along, and a call takes no field that it doesn't know.
    queryKey: [...trpc.allotment.machines.pathKey(), filter],
    queryFn: ({ pageParam }) => api.allotment.machines.query({ ...filter, cursor: pageParam }),
    initialPageParam: 0,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: (before) => before,
  });
  const rows = list.data?.pages.flatMap((page) => page.rows);
  const total = list.data?.pages[0]?.total ?? 0;
  return (
    <section className="grid gap-3">
      <div className="grid max-w-[68ch] gap-1">
        <h2 className="font-medium text-lg">{t('allotment.machines')}</h2>
        <p className="text-ink-2 text-sm">{t('allotment.machinesSentence')}</p>
      </div>
      <search className="flex">
        <SearchField
          label={t('allotment.search')}
          hint={t('allotment.searchHint')}
          clearLabel={t('machines.clear')}
          value={text}
          onChange={setText}
        />
      </search>
      {rows === undefined ? (
        list.isError ? (
          <QueryFault error={apiErrorOf(list.error)} onRetry={() => void list.refetch()} />
        ) : (
          <SkeletonRows rows={SKELETON_ROWS} columns={['24%', '20%', '16%']} />
        )
      ) : rows.length === 0 ? (
        q === '' ? (
          <EmptyState title={t('allotment.none.title')} sentence={t('allotment.none.sentence')} />
        ) : (
          <EmptyState title={t('machines.noMatch.title')} sentence={t('allotment.noMatch')}>
            <Button onClick={() => setText('')}>{t('machines.clear')}</Button>
          </EmptyState>
        )
      ) : (
        <Rows org={org} rows={rows} total={total} reason={reason} onHands={onHands} />
      )}
      {list.hasNextPage && (
        <div>
          <Button
            onClick={() => void list.fetchNextPage()}
            busy={list.isFetchingNextPage ? t('app.loading') : null}
          >
            {t('allotment.more', { n: total - (rows?.length ?? 0) })}
          </Button>
        </div>
      )}
    </section>
  );
}

interface RowsProps extends Omit<AllottedMachinesProps, 'poolId'> {
  rows: readonly AllottedRow[];
  total: number;
}

function Rows({ org, rows, total, reason, onHands }: RowsProps) {
  const t = useWords();
  const selection = useSelection(rows);
  const [giving, setGiving] = useState(false);
  const selected = rows.filter(({ id }) => selection.ids.has(id));
  const whyNot = reason ?? (selected.length > MOST_HANDS ? t('allotment.tooMany', { n: MOST_HANDS }) : null);
  const columns: readonly Column[] = [
    { key: 'select', label: t('power.bulk.column'), width: '1.5rem', hideLabel: true },
    { key: 'name', label: t('machines.name'), width: 'minmax(10rem,1.4fr)' },
    { key: 'sorted', label: t('allotment.sortedBy'), width: 'minmax(0,1.2fr)', from: 'lg' },
    { key: 'holder', label: t('allotment.holder'), width: 'minmax(8rem,1fr)' },
    { key: 'because', label: t('allotment.why'), width: 'minmax(6rem,.8fr)' },
  ];
  const toHand = (vm: AllottedRow) => ({ vmId: vm.id, name: vm.name });
  return (
    <>
      <p role="status" className="tabular text-ink-2 text-sm">
        {t('machines.count', { n: total })}
      </p>
      <Table
        label={t('allotment.machines')}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.id}
        rowTestId="allotted-row"
      >
        {(row) => (
          <>
            <Cell>
              <label className="-m-3 grid cursor-pointer place-items-center p-3">
                <input
                  type="checkbox"
                  aria-label={t('power.bulk.select', { machine: row.name })}
                  checked={selection.ids.has(row.id)}
                  onChange={(event) =>
                    selection.toggle(
                      row.id,
                      event.nativeEvent instanceof MouseEvent && event.nativeEvent.shiftKey,
                    )
                  }
                  className="size-4 accent-accent"
                />
              </label>
            </Cell>
            <Cell className="max-sm:flex-1">
              <bdi translate="no" className="block truncate font-medium">
                {row.name}
              </bdi>
            </Cell>
            <Cell from="lg" className="truncate text-ink-2">
              <bdi translate="no">{[row.folder, ...row.tags].filter((text) => text !== '').join(', ')}</bdi>
            </Cell>
            <Cell className="truncate max-sm:basis-full max-sm:ps-8">
              <bdi translate="no">{row.holder.name}</bdi>
              <span className="text-ink-2 sm:hidden">, {becauseWord(row.because, t)}</span>
            </Cell>
            <Cell from="sm" className="truncate text-ink-2">
              {becauseWord(row.because, t)}
            </Cell>
          </>
        )}
      </Table>
      {selected.length > 0 && (
        <section
          aria-label={t('power.bulk.count', { n: selected.length })}
          className="rise sticky bottom-4 z-(--z-bar) flex flex-wrap items-center gap-2 rounded-lg border bg-surface px-4 py-2 shadow-1 max-sm:bottom-16"
        >
          <p role="status" className="tabular flex-1 font-medium text-sm">
            {t('power.bulk.count', { n: selected.length })}
          </p>
          <Button kind="quiet" size="small" onClick={selection.clear}>
            {t('power.bulk.clear')}
          </Button>
          <Button
            reason={
              whyNot ??
              (selected.some(({ because }) => because === 'hand') ? null : t('allotment.noneByHand'))
            }
            onClick={() =>
              onHands({ holder: null, vms: selected.filter(({ because }) => because === 'hand').map(toHand) })
            }
          >
            {t('allotment.backToRules')}
          </Button>
          <Button reason={whyNot} onClick={() => setGiving(true)}>
            {t('allotment.give')}
          </Button>
        </section>
      )}
      {giving && (
        <HandDialog
          org={org}
          vms={selected.map(toHand)}
          onClose={() => setGiving(false)}
          onPicked={(hands) => {
            setGiving(false);
            onHands(hands);
          }}
        />
      )}
    </>
  );
}
