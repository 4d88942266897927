'use client';

import type { ReactNode } from 'react';
import { Button } from '../../ui/button.tsx';
import { focusFirstWrong } from '../../ui/layer-focus.ts';
import { Refusal } from './link-frame.tsx';

interface LinkFormProps {
  /** What the button says, and what it says while it works. */
  submit: string;
  working: string;
  busy: boolean;
  /** Why the last try was refused. */
  message: string | null;
  onSubmit: () => Promise<void>;
  children: ReactNode;
  /** Under the button: another way. */
  after?: ReactNode;
}

/** The form of a page that a mailed link opens: its fields, one button, and why the last try was refused. */
export function LinkForm({ submit, working, busy, message, onSubmit, children, after }: LinkFormProps) {
  return (
    <form
      method="post"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void onSubmit();
        focusFirstWrong(event);
      }}
      className="grid gap-4"
    >
      <Refusal message={message} />
      {children}
      <Button type="submit" kind="primary" busy={busy ? working : null} className="mt-2 w-full">
        {submit}
      </Button>
      {after}
    </form>
  );
}
