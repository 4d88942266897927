'use client';

import type { AllotmentPreview, MoveRow } from '../../server/allotment/preview-allotment.ts';
import { Button } from '../../ui/button.tsx';
import { count } from '../../ui/format-amount.ts';
import { Cell, type Column, Table } from '../../ui/table.tsx';
import { useWords } from '../../words/use-words.ts';
import { becauseWord } from './because-word.ts';

interface MoveRowsProps {
  preview: AllotmentPreview;
  rows: readonly MoveRow[];
  busy: boolean;
  /** null where all of them are shown. */
  onMore: (() => void) | null;
}

/** From whom to whom in numbers, then machine by machine, those with somebody at them first. */
export function MoveRows({ preview, rows, busy, onMore }: MoveRowsProps) {
  const t = useWords();
  const columns: readonly Column[] = [
    { key: 'name', label: t('machines.name'), width: 'minmax(9rem,1.2fr)' },
    { key: 'way', label: t('allotment.way'), width: 'minmax(12rem,1.6fr)' },
    { key: 'because', label: t('allotment.why'), width: 'minmax(6rem,.8fr)', from: 'lg' },
    { key: 'hit', label: t('allotment.hitColumn'), width: 'minmax(10rem,1.2fr)' },
  ];
  return (
    <>
      {preview.ways.length > 1 && (
        <ul className="grid gap-1 text-sm" aria-label={t('allotment.way')}>
          {preview.ways.map(({ from, to, machines }) => (
            <li key={`${from.slug} ${to.slug}`} className="flex gap-3">
              <span className="tabular w-12 text-end">{count(machines)}</span>
              <Way from={from.name} to={to.name} />
            </li>
          ))}
        </ul>
      )}
      <Table
        label={t('allotment.previewTitle')}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.id}
        rowTestId="move-row"
      >
        {(row) => (
          <>
            <Cell className="max-sm:basis-full">
              <bdi translate="no" className="block truncate font-medium">
                {row.name}
              </bdi>
            </Cell>
            <Cell className="max-sm:basis-full">
              <Way from={row.from.name} to={row.to.name} />
            </Cell>
            <Cell from="lg" className="truncate text-ink-2">
              {becauseWord(row.because, t)}
            </Cell>
            <Cell className={row.persons > 0 ? 'text-warn' : 'text-ink-2'}>
              {t('allotment.rowHit', hitOf(row))}
            </Cell>
          </>
        )}
      </Table>
      {onMore !== null && (
        <div>
          <Button onClick={onMore} busy={busy ? t('app.loading') : null}>
            {t('allotment.more', { n: preview.total - rows.length })}
          </Button>
        </div>
      )}
    </>
  );
}

function Way({ from, to }: { from: string; to: string }) {
  const t = useWords();
  return (
    <span className="[overflow-wrap:anywhere]">
      <bdi translate="no">{from}</bdi>
      <span className="text-ink-2"> {t('allotment.to')} </span>
      <bdi translate="no">{to}</bdi>
    </span>
  );
}

function hitOf({ persons, grants, operations }: MoveRow) {
  return { persons, grants, operations };
}
