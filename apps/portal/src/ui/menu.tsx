'use client';

import { Check } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';
import { usePortalHost } from './portal-host.tsx';

const ITEM =
  'press flex min-h-(--control) w-full select-none items-center gap-3 rounded-sm px-2 text-sm outline-none data-[highlighted]:bg-hover';

/** A menu behind its trigger; arrows move, Esc closes, focus returns. */
export function Menu({
  trigger,
  children,
  align = 'start',
  startsOpen = false,
  onClosed,
}: {
  trigger: ReactNode;
  children: ReactNode;
  align?: 'start' | 'end';
  /** Opens as soon as it stands: for a trigger that becomes a menu when it is first pressed. */
  startsOpen?: boolean;
  /** Runs instead of giving the focus back to the trigger. */
  onClosed?: (() => void) | undefined;
}) {
  const host = usePortalHost();
  return (
    <DropdownMenu.Root defaultOpen={startsOpen}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal container={host}>
        <DropdownMenu.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          onCloseAutoFocus={(event) => {
            if (onClosed === undefined) return;
            event.preventDefault();
            onClosed();
          }}
          className="fade z-(--z-menu) max-h-(--radix-dropdown-menu-content-available-height) min-w-48 overflow-y-auto rounded-lg border bg-surface p-1 text-ink shadow-1"
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

/** One act. With a reason it stays readable, says why under its name, and does nothing. */
export function MenuItem({
  children,
  hint,
  reason,
  onSelect,
}: {
  children: ReactNode;
  hint?: string | undefined;
  reason?: string | null | undefined;
  onSelect?: (() => void) | undefined;
}) {
  return (
    <DropdownMenu.Item
      aria-disabled={reason != null || undefined}
      onSelect={(event) => {
        if (reason != null) event.preventDefault();
        else onSelect?.();
      }}
      className={classNames(ITEM, reason != null ? 'cursor-not-allowed text-ink-3' : 'cursor-pointer')}
    >
      <span className="grid flex-1 py-1">
        <span>{children}</span>
        {reason != null && <span className="max-w-64 text-ink-2 text-xs">{reason}</span>}
      </span>
      {hint !== undefined && <span className="font-mono text-ink-2 text-xs">{hint}</span>}
    </DropdownMenu.Item>
  );
}

export function MenuCheck({
  checked,
  onChange,
  children,
  keepOpen,
}: {
  checked: boolean;
  onChange: (checked: boolean) => void;
  children: ReactNode;
  keepOpen?: boolean;
}) {
  return (
    <DropdownMenu.CheckboxItem
      checked={checked}
      onCheckedChange={onChange}
      onSelect={(event) => keepOpen === true && event.preventDefault()}
      className={ITEM}
    >
      <span className="grid size-4 place-items-center">
        <DropdownMenu.ItemIndicator>
          <Check aria-hidden className="size-4" />
        </DropdownMenu.ItemIndicator>
      </span>
      <span className="flex-1">{children}</span>
    </DropdownMenu.CheckboxItem>
  );
}

export function MenuChoices<T extends string>({
  label,
  value,
  choices,
  onChange,
}: {
  label: string;
  value: T;
  choices: readonly { value: T; label: string }[];
  onChange: (value: T) => void;
}) {
  return (
    <DropdownMenu.RadioGroup value={value}>
      <DropdownMenu.Label className="px-2 pt-2 pb-1 text-ink-2 text-xs">{label}</DropdownMenu.Label>
      {choices.map((choice) => (
        <DropdownMenu.RadioItem
          key={choice.value}
          value={choice.value}
          onSelect={() => onChange(choice.value)}
          className={ITEM}
        >
          <span className="grid size-4 place-items-center">
            <DropdownMenu.ItemIndicator>
              <Check aria-hidden className="size-4" />
            </DropdownMenu.ItemIndicator>
          </span>
          <span className="flex-1">{choice.label}</span>
        </DropdownMenu.RadioItem>
      ))}
    </DropdownMenu.RadioGroup>
  );
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return <DropdownMenu.Label className="px-2 pt-2 pb-1 text-ink-2 text-xs">{children}</DropdownMenu.Label>;
}

export function MenuLine() {
  return <DropdownMenu.Separator className="my-1 h-px bg-line" />;
}
