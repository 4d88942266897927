'use client';

import { AlertDialog } from 'radix-ui';
import { type ReactNode, useRef, useState } from 'react';
import { useWords } from '../words/use-words.ts';
import { Button } from './button.tsx';
import { Field } from './field.tsx';
import { useLayerFocus } from './layer-focus.ts';
import { usePortalHost } from './portal-host.tsx';

interface ConfirmDialogProps {
  open: boolean;
  onClose: () => void;
  /** The question, with the name. */
  title: string;
  /** Who is hit now. */
  sentence: string;
  /** Repeats the verb of the title. */
  button: string;
  busy?: string | null | undefined;
  /** Only for what can't be undone: the name that must be typed, and the label that asks for it. */
  typed?: { name: string; label: string } | undefined;
  onConfirm: () => void;
  /** What may be said besides, between the sentence and the buttons. */
  children?: ReactNode;
}

/** Only for what cuts people off or can't be undone; focus starts on Cancel (design §4). */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const t = useWords();
  const host = usePortalHost();
  const cancel = useRef<HTMLButtonElement>(null);
  const focus = useLayerFocus(() => cancel.current);
  const [typed, setTyped] = useState('');
  const waits = props.typed !== undefined && typed !== props.typed.name;
  return (
    <AlertDialog.Root open={props.open} onOpenChange={(next) => !next && props.onClose()}>
      <AlertDialog.Portal container={host}>
        <AlertDialog.Overlay className="fade fixed inset-0 z-(--z-sheet) bg-[oklch(0_0_0/.4)]" />
        <AlertDialog.Content
          {...focus}
          className="rise fixed inset-x-4 bottom-4 z-(--z-dialog) grid gap-2 rounded-lg border bg-surface p-6 shadow-2 sm:inset-x-auto sm:start-1/2 sm:top-[20vh] sm:bottom-auto sm:w-[440px] sm:-translate-x-1/2"
        >
          <AlertDialog.Title className="font-semibold text-lg [overflow-wrap:anywhere]">
            {props.title}
          </AlertDialog.Title>
          <AlertDialog.Description className="text-ink-2">{props.sentence}</AlertDialog.Description>
          {props.typed !== undefined && (
            <Field
              label={props.typed.label}
              value={typed}
              onChange={setTyped}
              autoComplete="off"
              className="pt-2"
            />
          )}
          {props.children}
          <div className="flex flex-wrap justify-end gap-2 pt-4">
            <AlertDialog.Cancel asChild>
              <Button ref={cancel}>{t('app.cancel')}</Button>
            </AlertDialog.Cancel>
            <Button
              kind="danger"
              reason={waits ? props.typed?.label : null}
              busy={props.busy}
              onClick={props.onConfirm}
            >
              {props.button}
            </Button>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
