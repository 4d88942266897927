'use client';

import { RIGHTS, type Right } from '@porthole/rbac';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { AccessReport, AccessRow } from '../../server/access/access-report.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { untilTime } from '../../ui/format-time.ts';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { Cell, type Column, Table } from '../../ui/table.tsx';
import { useWords, type Words } from '../../words/use-words.ts';
import { NothingHere } from '../navigation/nothing-here.tsx';
import { QueryFault } from '../navigation/query-fault.tsx';
import { AccessExport } from './access-export.tsx';
import type { Subject } from './access-page.tsx';
import { AccessSheet } from './access-sheet.tsx';
import { barrierWord, causesOf, cellName, lastEnd } from './causes-of.ts';

const SHOWN: readonly Right[] = RIGHTS.filter((right) => right !== 'host-console');

interface AccessResultProps {
  org: string;
  subject: Subject;
  id: string;
  right: Right | null;
}

/** The report about one person or one machine; a row opens all that gives it. */
export function AccessResult({ org, subject, id, right }: AccessResultProps) {
  const t = useWords();
  const trpc = useTRPC();
  const isPerson = subject === 'person';
  const ofPerson = useQuery(trpc.access.ofPerson.queryOptions({ org, personId: id }, { enabled: isPerson }));
  const ofMachine = useQuery(trpc.access.ofMachine.queryOptions({ org, vmId: id }, { enabled: !isPerson }));
  const query = isPerson ? ofPerson : ofMachine;
  const report = query.data;
  if (report === undefined) {
    const error = query.isError ? apiErrorOf(query.error) : null;
    if (error === null) return <SkeletonRows rows={6} columns={['22%', '40%', '18%']} />;
    if (error.code.endsWith('/not-found') || error.code === 'request/unreadable')
      return <NothingHere href={`/o/${org}/access`} />;
    return <QueryFault error={error} onRetry={() => void query.refetch()} />;
  }
  const rows = report.rows.filter(({ rights }) => right === null || rights.includes(right));
  return (
    <section aria-label={t('accessOf.of', { name: report.of.name })}>
      <div className="flex flex-wrap items-center justify-between gap-2 pb-3">
        <p role="status" className="tabular">
          {t(`accessOf.summary.${subject}`, { name: report.of.name, n: rows.length })}
          {report.more && ` ${t('accessOf.more')}`}
        </p>
        {report.rows.length > 0 && <AccessExport org={org} about={subject} of={report.of} />}
      </div>
      {rows.length === 0 ? (
        <EmptyState
          title={t(`accessOf.none.${subject}`)}
          sentence={t('accessOf.noneSentence', { filtered: right === null ? 'no' : 'yes' })}
        />
      ) : (
        <AccessTable org={org} subject={subject} report={report} rows={rows} />
      )}
    </section>
  );
}

interface AccessTableProps {
  org: string;
  subject: Subject;
  report: AccessReport;
  rows: readonly AccessRow[];
}

function AccessTable({ org, subject, report, rows }: AccessTableProps) {
  const t = useWords();
  const [openId, setOpenId] = useState<string | null>(null);
  const open = rows.find(({ id }) => id === openId) ?? null;
  const columns: readonly Column[] = [
    {
      key: 'name',
      label: t(`accessOf.${subject === 'person' ? 'machine' : 'person'}`),
      width: 'minmax(9rem,1.2fr)',
    },
    ...SHOWN.map(
      (right): Column => ({ key: right, label: t(`accessOf.short.${right}`), width: '3rem', from: 'lg' }),
    ),
    { key: 'because', label: t('accessOf.because'), width: 'minmax(8rem,1.2fr)' },
    { key: 'until', label: t('access.until'), width: 'minmax(6rem,.6fr)', from: 'xl' },
    { key: 'open', label: t('accessOf.why'), width: '4rem', hideLabel: true },
  ];
  return (
    <>
      <Table
        label={t('accessOf.of', { name: report.of.name })}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.id}
        rowTestId="access-row"
      >
        {(row) => (
          <>
            <Cell className="max-sm:w-full">
              <bdi translate="no" className="block truncate font-medium">
                {row.name}
              </bdi>
              <span className="block text-ink-2 text-xs lg:hidden">{rightsSentence(row, t)}</span>
            </Cell>
            {SHOWN.map((right) => (
              <Cell key={right} from="lg" className={row.rights.includes(right) ? '' : 'text-ink-3'}>
                {row.rights.includes(right) ? (
                  <button
                    type="button"
                    aria-label={cellName(row, right, report.grants, t)}
                    onClick={() => setOpenId(row.id)}
                    className="press -mx-1 inline-flex min-h-6 items-center rounded-sm px-1 hover:underline"
                  >
                    {t('accessOf.has', { has: 'yes' })}
                  </button>
                ) : (
                  t('accessOf.has', { has: 'no' })
                )}
              </Cell>
            ))}
            <Cell className="truncate text-ink-2">
              {row.barred === null ? causesOf(row, report.grants, t).join(', ') : barrierWord(row.barred, t)}
            </Cell>
            <Cell from="xl" className="text-ink-2">
              {endWord(row, report, t)}
            </Cell>
            <Cell className="flex justify-end">
              <Button
                kind="quiet"
                size="small"
                aria-label={t('accessOf.whyOf', { name: row.name })}
                onClick={() => setOpenId(row.id)}
              >
                {t('accessOf.why')}
              </Button>
            </Cell>
          </>
        )}
      </Table>
      {open !== null && (
        <AccessSheet
          org={org}
          row={open}
          grants={report.grants}
          title={
            subject === 'person'
              ? t('accessOf.sheet', { person: report.of.name, machine: open.name })
              : t('accessOf.sheet', { person: open.name, machine: report.of.name })
          }
          onClose={() => setOpenId(null)}
        />
      )}
    </>
  );
}

function rightsSentence({ rights }: AccessRow, t: Words): string {
  const words = SHOWN.filter((right) => rights.includes(right)).map((right) => t(`rightVerb.${right}`));
  return words.length === 0 ? t('app.none') : words.join(', ');
}

function endWord(row: AccessRow, { grants }: AccessReport, t: Words): string {
  if (row.byRole) return t('access.noEnd');
  const end = lastEnd(row, grants);
  return end === null ? t('access.noEnd') : untilTime(end);
}
