'use client';

import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { type ReactNode, type Ref, useImperativeHandle, useLayoutEffect, useRef, useState } from 'react';
import { classNames } from './class-names.ts';
import { type RowKeys, useRowKeys } from './use-row-keys.ts';

/** Above this many rows only those in view are in the page (design §4). */
export const VIRTUAL_ABOVE = 100;
const OVERSCAN = 12;
const ROW_ESTIMATE_PX = 48;

export type Breakpoint = 'sm' | 'lg' | 'xl';

const BREAKPOINTS: readonly Breakpoint[] = ['sm', 'lg', 'xl'];
const HIDDEN_BELOW: Record<Breakpoint, string> = {
  sm: 'max-sm:hidden',
  lg: 'max-lg:hidden',
  xl: 'max-xl:hidden',
};
const TRACKS = 'sm:grid-cols-(--columns-sm) lg:grid-cols-(--columns-lg) xl:grid-cols-(--columns-xl)';

export interface Column {
  key: string;
  label: string;
  /** A track of the grid, for example `minmax(12rem, 1fr)`. */
  width: string;
  /** The width of the window from which the column is shown. */
  from?: Breakpoint;
  sort?: { direction: 'ascending' | 'descending' | null; onToggle: () => void; label: string };
  hideLabel?: boolean;
}

interface BodyHandle {
  scrollToRow(index: number): void;
}

interface TableProps<T> {
  label: string;
  columns: readonly Column[];
  rows: readonly T[];
  rowKey: (row: T) => string;
  /** The cells of a row: {@link Cell} elements, as many as columns. */
  children: (row: T, index: number) => ReactNode;
  rowTestId?: string;
  /** Letters that act on the row that has the focus. */
  rowKeys?: RowKeys;
}

const NO_KEYS: RowKeys = {};

/** Real table roles over a grid; virtual beyond {@link VIRTUAL_ABOVE} rows; the header stays in view. */
export function Table<T>({ label, columns, rows, rowKey, children, rowTestId, rowKeys }: TableProps<T>) {
  const table = useRef<HTMLTableElement>(null);
  const body = useRef<BodyHandle>(null);
  useRowKeys(table, rows.length, (index) => body.current?.scrollToRow(index), rowKeys ?? NO_KEYS);
  const virtual = rows.length > VIRTUAL_ABOVE;
  return (
    <table
      ref={table}
      aria-label={label}
      aria-rowcount={rows.length + 1}
      style={tracksOf(columns)}
      className="block text-sm"
    >
      <Head columns={columns} />
      {virtual ? (
        <VirtualBody ref={body} rows={rows} rowKey={rowKey} rowTestId={rowTestId}>
          {children}
        </VirtualBody>
      ) : (
        <tbody className="block">
          {rows.map((row, index) => (
            <Row key={rowKey(row)} index={index} testId={rowTestId}>
              {children(row, index)}
            </Row>
          ))}
        </tbody>
      )}
    </table>
  );
}

/** The grid's tracks at each width of the window, as custom properties. */
function tracksOf(columns: readonly Column[]): Record<string, string> {
  return Object.fromEntries(
    BREAKPOINTS.map((at, step) => [
      `--columns-${at}`,
      columns
        .filter((column) => BREAKPOINTS.indexOf(column.from ?? 'sm') <= step)
        .map((column) => column.width)
        .join(' '),
    ]),
  );
}

function Head({ columns }: { columns: readonly Column[] }) {
  return (
    <thead className="block sticky top-12 z-(--z-sticky) border-b bg-canvas max-sm:hidden">
      <tr aria-rowindex={1} className={classNames('grid h-9 items-center gap-4 px-3', TRACKS)}>
        {columns.map((column) => (
          <th
            key={column.key}
            scope="col"
            aria-sort={column.sort?.direction ?? undefined}
            className={classNames(
              'min-w-0 text-start font-normal text-ink-2',
              column.from !== undefined && HIDDEN_BELOW[column.from],
            )}
          >
            {column.sort === undefined ? (
              <span className={classNames('truncate', column.hideLabel === true && 'sr-only')}>
                {column.label}
              </span>
            ) : (
              <button
                type="button"
                onClick={column.sort.onToggle}
                title={column.sort.label}
                className="press -ms-2 inline-flex min-h-7 items-center gap-1 rounded-md px-2 hover:bg-hover hover:text-ink"
              >
                {column.label}
                {column.sort.direction === 'ascending' && <ArrowUp aria-hidden className="size-3" />}
                {column.sort.direction === 'descending' && <ArrowDown aria-hidden className="size-3" />}
              </button>
            )}
          </th>
        ))}
      </tr>
    </thead>
  );
}

interface BodyProps<T> {
  rows: readonly T[];
  rowKey: (row: T) => string;
  children: (row: T, index: number) => ReactNode;
  rowTestId: string | undefined;
  ref: Ref<BodyHandle>;
}

function VirtualBody<T>({ rows, rowKey, children, rowTestId, ref }: BodyProps<T>) {
  const body = useRef<HTMLTableSectionElement>(null);
  const [margin, setMargin] = useState(0);
  useLayoutEffect(() => setMargin(body.current?.offsetTop ?? 0), []);
  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => ROW_ESTIMATE_PX,
    overscan: OVERSCAN,
    scrollMargin: margin,
    getItemKey: (index) => {
      const row = rows[index];
      return row === undefined ? index : rowKey(row);
    },
  });
  useImperativeHandle(ref, () => ({ scrollToRow: (index) => virtualizer.scrollToIndex(index) }), [
    virtualizer,
  ]);
  return (
    <tbody ref={body} className="relative block" style={{ height: virtualizer.getTotalSize() }}>
      {virtualizer.getVirtualItems().map((item) => {
        const row = rows[item.index];
        if (row === undefined) return null;
        return (
          <Row
            key={item.key}
            index={item.index}
            testId={rowTestId}
            measure={virtualizer.measureElement}
            offset={item.start - margin}
          >
            {children(row, item.index)}
          </Row>
        );
      })}
    </tbody>
  );
}

interface RowProps {
  index: number;
  testId: string | undefined;
  offset?: number;
  measure?: (element: HTMLTableRowElement | null) => void;
  children: ReactNode;
}

function Row({ index, testId, offset, measure, children }: RowProps) {
  return (
    <tr
      ref={measure}
      aria-rowindex={index + 2}
      data-index={index}
      data-testid={testId}
      className={classNames(
        'group/row flex min-h-(--row) items-center gap-x-4 border-b px-3 hover:bg-hover focus-within:bg-hover max-sm:min-h-16 max-sm:flex-wrap max-sm:content-center max-sm:gap-y-0 max-sm:py-2 sm:grid',
        TRACKS,
        offset === undefined ? 'relative' : 'absolute inset-x-0 top-0',
      )}
      style={offset === undefined ? undefined : { transform: `translateY(${offset}px)` }}
    >
      {children}
    </tr>
  );
}

/** One cell, shown from the same width on as its column. */
export function Cell({
  children,
  className,
  from,
}: {
  children?: ReactNode;
  className?: string;
  from?: Breakpoint;
}) {
  return (
    <td className={classNames('min-w-0', from !== undefined && HIDDEN_BELOW[from], className)}>{children}</td>
  );
}
