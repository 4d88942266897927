'use client';

import { ChevronDown, SlidersHorizontal, X } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Menu, MenuCheck } from '../../ui/menu.tsx';
import { useWords } from '../../words/use-words.ts';
import type { MachineFilter } from './machine-filter.ts';
import { STATE_KEYS, type StateKey } from './machine-state.ts';

interface FiltersProps {
  filter: MachineFilter;
  tags: readonly string[];
  matched: number;
  onChange: (change: Partial<MachineFilter>) => void;
}

function toggled<T>(list: readonly T[], value: T, on: boolean): T[] {
  return on ? [...list, value] : list.filter((other) => other !== value);
}

/** State and tag as menus; a sheet on a phone. */
export function MachineFilters(props: FiltersProps) {
  const t = useWords();
  const [sheet, setSheet] = useState(false);
  const { filter, tags, matched, onChange } = props;
  return (
    <>
      <div className="flex gap-2 max-sm:hidden">
        <Menu trigger={<FilterButton label={t('machines.state')} count={filter.states.length} />}>
          {STATE_KEYS.map((key) => (
            <MenuCheck
              key={key}
              keepOpen
              checked={filter.states.includes(key)}
              onChange={(on) => onChange({ states: toggled<StateKey>(filter.states, key, on) })}
            >
              {t('state.filter', { state: key })}
            </MenuCheck>
          ))}
        </Menu>
        {tags.length > 0 && (
          <Menu trigger={<FilterButton label={t('machines.tag')} count={filter.tags.length} />}>
            {tags.map((tag) => (
              <MenuCheck
                key={tag}
                keepOpen
                checked={filter.tags.includes(tag)}
                onChange={(on) => onChange({ tags: toggled(filter.tags, tag, on) })}
              >
                <bdi translate="no">{tag}</bdi>
              </MenuCheck>
            ))}
          </Menu>
        )}
      </div>
      <Button
        size="icon"
        aria-label={t('machines.showFilters')}
        onClick={() => setSheet(true)}
        className="sm:hidden"
      >
        <SlidersHorizontal aria-hidden className="size-4" />
      </Button>
      <Dialog form="sheet" open={sheet} onClose={() => setSheet(false)} title={t('machines.filters')}>
        <div className="grid gap-6">
          <FilterChecks
            label={t('machines.state')}
            options={STATE_KEYS.map((key) => ({ value: key, label: t('state.filter', { state: key }) }))}
            picked={filter.states}
            onToggle={(value, on) => onChange({ states: toggled(filter.states, value, on) })}
          />
          {tags.length > 0 && (
            <FilterChecks
              label={t('machines.tag')}
              options={tags.map((tag) => ({ value: tag, label: tag }))}
              picked={filter.tags}
              onToggle={(value, on) => onChange({ tags: toggled(filter.tags, value, on) })}
            />
          )}
          <Button kind="primary" onClick={() => setSheet(false)}>
            {t('machines.apply', { n: matched })}
          </Button>
        </div>
      </Dialog>
    </>
  );
}

function FilterButton({ label, count, ...rest }: { label: string; count: number }) {
  return (
    <button
      type="button"
      {...rest}
      className="press inline-flex min-h-(--control) items-center gap-2 rounded-md border border-edge! bg-surface px-3 hover:bg-hover data-[state=open]:bg-hover"
    >
      {label}
      {count > 0 && <span className="tabular rounded-sm bg-picked px-1 text-xs">{count}</span>}
      <ChevronDown aria-hidden className="size-4 text-ink-2" />
    </button>
  );
}

function FilterChecks<T extends string>({
  label,
  options,
  picked,
  onToggle,
}: {
  label: string;
  options: readonly { value: T; label: string }[];
  picked: readonly T[];
  onToggle: (value: T, on: boolean) => void;
}) {
  return (
    <fieldset className="grid gap-1">
      <legend className="pb-1 font-medium text-sm">{label}</legend>
      {options.map((option) => (
        <label key={option.value} className="flex min-h-11 items-center gap-3">
          <input
            type="checkbox"
            checked={picked.includes(option.value)}
            onChange={(event) => onToggle(option.value, event.target.checked)}
            className="size-5 accent-(--accent)"
          />
          <bdi>{option.label}</bdi>
        </label>
      ))}
    </fieldset>
  );
}

/** What narrows the list, as words that can be taken away. */
export function FilterChips({ filter, onChange }: Pick<FiltersProps, 'filter' | 'onChange'>) {
  const t = useWords();
  const chips = [
    ...filter.states.map((state) => ({
      key: `state-${state}`,
      label: t('state.filter', { state }),
      remove: () => onChange({ states: toggled<StateKey>(filter.states, state, false) }),
    })),
    ...filter.tags.map((tag) => ({
      key: `tag-${tag}`,
      label: tag,
      remove: () => onChange({ tags: toggled(filter.tags, tag, false) }),
    })),
  ];
  if (chips.length === 0) return null;
  return (
    <ul className="flex flex-wrap items-center gap-2">
      {chips.map((chip) => (
        <li key={chip.key}>
          <button
            type="button"
            aria-label={t('machines.clearOne', { name: chip.label })}
            onClick={chip.remove}
            className="press inline-flex min-h-6 items-center gap-1 rounded-sm bg-picked ps-2 pe-1 text-xs hover:bg-hover"
          >
            <bdi>{chip.label}</bdi>
            <X aria-hidden className="size-3" />
          </button>
        </li>
      ))}
      <li>
        <button
          type="button"
          onClick={() => onChange({ states: [], tags: [], q: '' })}
          className="min-h-6 text-link text-xs hover:underline"
        >
          {t('machines.clear')}
        </button>
      </li>
    </ul>
  );
}
