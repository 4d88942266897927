'use client';

import type { ConsoleKind } from '@porthole/relay-contract';
import { Button } from '../../ui/button.tsx';
import { LinkButton } from '../../ui/link-button.tsx';
import { preloadConsole } from './preload-console.ts';

interface OpenConsoleButtonProps {
  org: string;
  vmId: string;
  /** In a row: the button's name with the machine's, beginning with the words one sees. */
  label?: string;
  /** Left out, the page takes the best kind. */
  kind?: ConsoleKind;
  kindOfButton?: 'primary' | 'plain' | 'quiet';
  size?: 'normal' | 'small';
  /** Only look, though one might type. */
  lookOnly?: boolean;
  /** Why it can't be opened now. */
  reason: string | null;
  children: string;
  className?: string;
}

/**
 * Goes to the console page, which asks for a one-time pass with our `vmId` the moment it stands: a pass lives 30 s, so
 * none is made for a page that is still loading.
 */
export function OpenConsoleButton(props: OpenConsoleButtonProps) {
  const kind = props.kindOfButton ?? 'plain';
  const size = props.size ?? 'normal';
  const className = props.className === undefined ? {} : { className: props.className };
  if (props.reason !== null)
    return (
      <Button
        kind={kind}
        size={size}
        {...(props.label === undefined ? {} : { 'aria-label': props.label })}
        reason={props.reason}
        {...className}
      >
        {props.children}
      </Button>
    );
  return (
    <LinkButton
      kind={kind}
      size={size}
      {...(props.label === undefined ? {} : { label: props.label })}
      href={consoleAddress(props.org, props.vmId, props.kind, props.lookOnly)}
      onIntent={() => preloadConsole(props.kind ?? 'screen')}
      {...className}
    >
      {props.children}
    </LinkButton>
  );
}

/** The page of a machine's console. */
export function consoleAddress(org: string, vmId: string, kind?: ConsoleKind, lookOnly?: boolean): string {
  const base = `/o/${org}/machines/${vmId}/console`;
  return `${kind === undefined ? base : `${base}/${kind}`}${lookOnly === true ? '?mode=look' : ''}`;
}
