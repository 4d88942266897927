'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { TokenRow } from '../../server/tokens/token-row.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { exactTime, shortTime, untilTime } from '../../ui/format-time.ts';
import { StateBadge } from '../../ui/state-badge.tsx';
import { Cell, type Column, Table } from '../../ui/table.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useWords } from '../../words/use-words.ts';

/** A token with the organisation that it belongs to. */
export interface ListedToken extends TokenRow {
  org: string;
  orgName: string;
}

interface TokenTableProps {
  rows: readonly ListedToken[];
  /** What tells the rows apart beside their name. */
  by: 'organisation' | 'person';
}

/** Tokens as rows: for what, whose, how it stands, when it was used; ended after asking. */
export function TokenTable({ rows, by }: TokenTableProps) {
  const t = useWords();
  const [ending, setEnding] = useState<ListedToken | null>(null);
  const columns: readonly Column[] = [
    { key: 'name', label: t('tokens.name'), width: 'minmax(10rem,1.4fr)' },
    { key: 'by', label: t(`tokens.${by}`), width: 'minmax(7rem,.8fr)', from: 'lg' },
    { key: 'state', label: t('tokens.state'), width: 'minmax(10rem,1fr)' },
    { key: 'used', label: t('tokens.used'), width: 'minmax(8rem,.8fr)', from: 'lg' },
    { key: 'end', label: t('tokens.end'), width: '6rem', hideLabel: true },
  ];
  return (
    <>
      <Table
        label={t('tokens.title')}
        columns={columns}
        rows={rows}
        rowKey={({ id }) => id}
        rowTestId="api-token"
      >
        {(row) => <Cells row={row} by={by} onEnd={() => setEnding(row)} />}
      </Table>
      {ending !== null && <End token={ending} onClose={() => setEnding(null)} />}
    </>
  );
}

function Cells({ row, by, onEnd }: { row: ListedToken; by: TokenTableProps['by']; onEnd: () => void }) {
  const t = useWords();
  const { lastUsed } = row;
  return (
    <>
      <Cell className="min-w-0 max-sm:w-full">
        <bdi translate="no" className="block truncate font-medium">
          {row.name}
        </bdi>
        <span className="block truncate text-ink-2 text-xs">
          {new Intl.ListFormat('en-GB', { type: 'unit' }).format(
            row.scopes.map((scope) => t(`tokens.scope.${scope}`)),
          )}
        </span>
      </Cell>
      <Cell from="lg" className="truncate text-ink-2">
        <bdi translate="no">{by === 'organisation' ? row.orgName : row.person.name}</bdi>
        {by === 'person' && row.person.you && ` (${t('tokens.you')})`}
      </Cell>
      <Cell className="min-w-0 max-sm:flex-1">
        <State row={row} />
      </Cell>
      <Cell from="lg" className="tabular truncate text-ink-2">
        {lastUsed === null ? (
          t('tokens.never')
        ) : (
          <time dateTime={lastUsed.at.toISOString()} title={exactTime(lastUsed.at)}>
            {lastUsed.ip === null
              ? shortTime(lastUsed.at)
              : t('tokens.usedFrom', { time: shortTime(lastUsed.at), address: lastUsed.ip })}
          </time>
        )}
      </Cell>
      <Cell className="flex justify-end">
        {row.state === 'works' && (
          <Button
            kind="quiet"
            size="small"
            aria-label={t('tokens.endOne', { name: row.name })}
            onClick={onEnd}
          >
            {t('tokens.end')}
          </Button>
        )}
      </Cell>
    </>
  );
}

function State({ row: { state, endsAt, ended } }: { row: ListedToken }) {
  const t = useWords();
  const at = ended?.at ?? endsAt;
  const word = t('tokens.stateIs', {
    state,
    by: ended?.by == null ? 'none' : 'some',
    person: ended?.by ?? '',
    time: state === 'works' ? untilTime(at) : shortTime(at),
  });
  return (
    <time dateTime={at.toISOString()} title={exactTime(at)} className="block min-w-0">
      {state === 'works' ? (
        <StateBadge shape="disc" tone="good" word={word} />
      ) : (
        <StateBadge shape="ring" tone="quiet" word={word} />
      )}
    </time>
  );
}

function End({ token, onClose }: { token: ListedToken; onClose: () => void }) {
  const t = useWords();
  const trpc = useTRPC();
  const client = useQueryClient();
  const toast = useToast();
  const { name, person } = token;
  const end = useMutation(
    trpc.tokens.end.mutationOptions({
      onSuccess: () => toast(t('tokens.ended', { name })),
      onError: (error) => toast(apiErrorOf(error).message),
      onSettled: async () => {
        await client.invalidateQueries(trpc.tokens.pathFilter());
        onClose();
      },
    }),
  );
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title={t('tokens.endAsk', { name })}
      sentence={person.you ? t('tokens.endSentence') : t('tokens.endOthers', { person: person.name })}
      button={t('tokens.endIt')}
      busy={end.isPending ? t('tokens.endIt') : null}
      onConfirm={() => end.mutate({ org: token.org, tokenId: token.id })}
    />
  );
}
