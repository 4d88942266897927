'use client';

import { type ReactNode, useState } from 'react';
import { SUPPORT_LENGTHS_MS } from '../../server/support/support-limits.ts';
import type { SupportCan } from '../../server/support/support-row.ts';
import { Button } from '../../ui/button.tsx';
import { SelectField } from '../../ui/choice.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { Field, FieldError } from '../../ui/field.tsx';
import { useWords } from '../../words/use-words.ts';
import { lengthsUpTo, lengthWord } from '../requests/request-words.ts';

const MOST_CHARACTERS = 500;
const HALF_HOUR_MS = 1_800_000;

/** What support may do, and for how long. */
export interface SupportTerms {
  can: SupportCan;
  lengthMs: number;
  reason: string;
}

interface TermsDialogProps {
  title: string;
  sentence: string;
  button: string;
  /** What was asked for: no more is given, and its reason stands. Null where a reason has to be said. */
  asked: { can: SupportCan; lengthMs: number } | null;
  busy: boolean;
  error: string | null;
  onDone: (terms: SupportTerms) => void;
  onClose: () => void;
  /** Whom it is about, before the rest. */
  children?: ReactNode;
}

/** Asks for what support may do, how long and why; looking for half an hour unless more is said. */
export function TermsDialog({ title, sentence, button, asked, busy, error, ...props }: TermsDialogProps) {
  const t = useWords();
  const [can, setCan] = useState<SupportCan>(asked?.can ?? 'look');
  const [length, setLength] = useState(String(asked?.lengthMs ?? HALF_HOUR_MS));
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const lengths = lengthsUpTo(asked?.lengthMs ?? Number.POSITIVE_INFINITY, SUPPORT_LENGTHS_MS);
  const choices: readonly SupportCan[] = asked?.can === 'look' ? ['look'] : ['look', 'type'];
  const missing = asked === null && reason.trim() === '';
  const submit = () => {
    setTried(true);
    if (!missing && !busy) props.onDone({ can, lengthMs: Number(length), reason: reason.trim() });
  };
  return (
    <Dialog open onClose={props.onClose} title={title} description={sentence}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
        className="grid gap-6"
      >
        {props.children}
        <SelectField
          label={t('support.may')}
          hint={t('support.mayHint')}
          value={can}
          onChange={setCan}
          options={choices.map((value) => ({ value, label: t('support.can', { can: value }) }))}
        />
        <SelectField
          label={t('support.length')}
          value={length}
          onChange={setLength}
          options={lengths.map((ms) => ({ value: String(ms), label: lengthWord(ms, t) }))}
        />
        {asked === null && (
          <Field
            label={t('support.why')}
            hint={t('support.whyHint')}
            value={reason}
            onChange={setReason}
            maxLength={MOST_CHARACTERS}
            autoComplete="off"
            error={tried && missing ? t('support.whyMissing') : null}
          />
        )}
        {error !== null && <FieldError id="support-error">{error}</FieldError>}
        <DialogActions>
          <Button onClick={props.onClose}>{t('app.cancel')}</Button>
          <Button type="submit" kind="primary" busy={busy ? button : null}>
            {button}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
