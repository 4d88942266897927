'use client';

import { Ellipsis } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { memo, type ReactNode, useState } from 'react';
import type { MachineRow as Machine } from '../../server/machines/machine.ts';
import { Caption } from '../../ui/caption.tsx';
import { Changing } from '../../ui/changing.tsx';
import { Menu, MenuItem } from '../../ui/menu.tsx';
import { Presence } from '../../ui/presence.tsx';
import { Cell } from '../../ui/table.tsx';
import { useWords } from '../../words/use-words.ts';
import { OpenConsoleButton } from '../console/open-console-button.tsx';
import { OfferAct } from '../power/offer-act.tsx';
import { actToRun } from '../power/possible-acts.ts';
import { MachineBadge } from './machine-badge.tsx';
import { lastKnown, stateWord } from './machine-state.ts';
import { whyNotOpen } from './why-not-open.ts';

const SHOWN_TAGS = 2;

/** The cells of one machine; two lines on a phone. Scrolling draws no row anew that is there already. */
export const MachineCells = memo(function MachineCells({
  org,
  machine,
  selected,
  onToggle,
}: {
  org: string;
  machine: Machine;
  selected: boolean;
  onToggle: (id: string, range: boolean) => void;
}) {
  const t = useWords();
  const known = lastKnown(machine, t);
  const people = machine.here.map((person) => ({
    id: person.personId,
    name: person.name,
    typing: person.typing,
    words: t('console.present', { name: person.name, does: person.typing ? 'typing' : 'looking' }),
  }));
  return (
    <>
      <Cell className="relative z-1 max-sm:hidden">
        <Tick
          checked={selected}
          label={t('power.bulk.select', { machine: machine.name })}
          onToggle={(range) => onToggle(machine.id, range)}
        />
      </Cell>
      <Cell className="max-sm:min-w-0 max-sm:flex-1">
        <div className="flex min-w-0 items-center gap-2">
          <Link
            href={`/o/${org}/machines/${machine.id}`}
            className="line-clamp-2 min-w-0 font-medium text-base outline-offset-0 [overflow-wrap:anywhere] after:absolute after:inset-0 hover:underline"
          >
            <bdi translate="no">{machine.name}</bdi>
          </Link>
          <Tags tags={machine.tags} />
        </div>
        <div className="flex min-w-0 gap-3 sm:hidden">
          <MachineBadge machine={machine} className="text-sm" />
          <span className="truncate font-mono text-ink-2 text-xs leading-5">{machine.addresses[0]}</span>
        </div>
        {known !== null && <p className="truncate text-ink-2 text-xs">{known}</p>}
      </Cell>
      <Cell from="sm">
        <Changing value={stateWord(machine, t)}>
          <MachineBadge machine={machine} />
        </Changing>
      </Cell>
      <Cell from="lg">
        <Addresses addresses={machine.addresses} />
      </Cell>
      <Cell from="xl" className="truncate text-ink-2">
        <bdi translate="no">{machine.poolName}</bdi>
      </Cell>
      <Cell from="lg" className="relative z-1">
        <Presence label={t('machines.here')} people={people} />
      </Cell>
      <Cell className="relative z-1 flex justify-end gap-1">
        <RowAct org={org} machine={machine} />
        <RowMenu org={org} machine={machine} />
      </Cell>
    </>
  );
});

const ACT_LOOK =
  'group-focus-within/row:border-edge! group-hover/row:border-edge! group-focus-within/row:bg-surface group-hover/row:bg-surface';

/** The one thing to do next: open the console, or start what has none while it stands still. */
function RowAct({ org, machine }: { org: string; machine: Machine }) {
  const t = useWords();
  const reason = whyNotOpen(machine, t);
  const act = reason === null || machine.isLocked ? null : actToRun(machine);
  if (act !== null)
    return (
      <OfferAct
        org={org}
        machine={machine}
        act={act}
        kind="quiet"
        size="small"
        label={t('machines.actFor', { act: t('power.act', { act }), machine: machine.name })}
        className={ACT_LOOK}
      />
    );
  const lookOnly = machine.rights.includes('look') && !machine.rights.includes('type');
  return (
    <OpenConsoleButton
      org={org}
      vmId={machine.id}
      label={t(lookOnly ? 'machines.lookFor' : 'machines.openFor', { machine: machine.name })}
      kindOfButton="quiet"
      lookOnly={lookOnly}
      reason={reason}
      size="small"
      className={ACT_LOOK}
    >
      {t(lookOnly ? 'machines.look' : 'machines.open')}
    </OpenConsoleButton>
  );
}

/** The whole cell takes the press; with Shift it ticks a range. */
function Tick({
  checked,
  label,
  onToggle,
}: {
  checked: boolean;
  label: string;
  onToggle: (range: boolean) => void;
}) {
  return (
    <label className="-m-3 grid cursor-pointer place-items-center p-3">
      <input
        type="checkbox"
        aria-label={label}
        checked={checked}
        onChange={(event) => onToggle(event.nativeEvent instanceof MouseEvent && event.nativeEvent.shiftKey)}
        className="size-4 accent-accent"
      />
    </label>
  );
}

function Tags({ tags }: { tags: readonly string[] }) {
  const rest = tags.length - SHOWN_TAGS;
  if (tags.length === 0) return null;
  return (
    <span className="flex min-w-0 shrink items-center gap-2 text-ink-2 text-xs max-sm:hidden">
      {tags.slice(0, SHOWN_TAGS).map((tag) => (
        <bdi key={tag} translate="no" className="max-w-24 truncate">
          {tag}
        </bdi>
      ))}
      {rest > 0 && <span className="tabular">{`+${rest}`}</span>}
    </span>
  );
}

function Addresses({ addresses }: { addresses: readonly string[] }) {
  const t = useWords();
  const [first, ...rest] = addresses;
  if (first === undefined) return <span className="text-ink-3">{t('app.none')}</span>;
  return (
    <span className="flex min-w-0 items-baseline gap-2 font-mono text-xs">
      <bdi translate="no" className="truncate">
        {first}
      </bdi>
      {rest.length > 0 && (
        <Caption text={rest.join(', ')}>
          <span className="relative z-1 text-ink-2">{`+${rest.length}`}</span>
        </Caption>
      )}
    </span>
  );
}

/** A menu for each row of a long list would cost more than the rows: it comes into being with its first press. */
function RowMenu({ org, machine }: { org: string; machine: Machine }) {
  const t = useWords();
  const [used, setUsed] = useState(false);
  const trigger = (
    <button
      type="button"
      aria-label={t('machines.more', { machine: machine.name })}
      aria-haspopup="menu"
      onClick={() => setUsed(true)}
      className="press grid size-(--control) place-items-center rounded-md text-ink-2 hover:bg-hover hover:text-ink max-sm:hidden"
    >
      <Ellipsis aria-hidden className="size-4" />
    </button>
  );
  return used ? <OpenRowMenu org={org} machine={machine} trigger={trigger} /> : trigger;
}

function OpenRowMenu({ org, machine, trigger }: { org: string; machine: Machine; trigger: ReactNode }) {
  const t = useWords();
  const router = useRouter();
  const copy = (text: string) => void navigator.clipboard.writeText(text);
  return (
    <Menu align="end" startsOpen trigger={trigger}>
      <MenuItem onSelect={() => router.push(`/o/${org}/machines/${machine.id}`)}>
        {t('machines.details', { machine: machine.name })}
      </MenuItem>
      <MenuItem
        reason={machine.rights.includes('share') ? null : t('access.endRefused')}
        onSelect={() => router.push(`/o/${org}/machines/${machine.id}/access?share=1`)}
      >
        {t('machines.share', { machine: machine.name })}
      </MenuItem>
      <MenuItem onSelect={() => copy(machine.name)}>{t('machines.copyName')}</MenuItem>
      <MenuItem onSelect={() => copy(machine.id)}>{t('machines.copyId')}</MenuItem>
    </Menu>
  );
}
