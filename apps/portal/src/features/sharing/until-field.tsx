'use client';

import { useState } from 'react';
import { SelectField } from '../../ui/choice.tsx';
import { Field } from '../../ui/field.tsx';
import { clockTime, untilTime } from '../../ui/format-time.ts';
import { useWords, type Words } from '../../words/use-words.ts';
import { isOffered, momentOf, type UntilChoice } from './until-choices.ts';

/** What {@link UntilField} edits, and what it comes to. */
export interface Until {
  /** When the dialog opened: what the choices count from. */
  now: Date;
  choice: UntilChoice;
  /** As a `datetime-local` field writes it. */
  custom: string;
  /** Null where there is no end, or none yet. */
  endsAt: Date | null;
  /** What is missing of a moment of one's own; null where it can be sent. */
  error: string | null;
  setChoice: (choice: UntilChoice) => void;
  setCustom: (text: string) => void;
}

/** An end that starts at this evening, or in an hour where the evening has passed. */
export function useUntil(): Until {
  const t = useWords();
  const [now] = useState(() => new Date());
  const [choice, setChoice] = useState<UntilChoice>(isOffered('evening', now) ? 'evening' : 'hour');
  const [custom, setCustom] = useState('');
  const endsAt = choice === 'custom' ? readCustom(custom) : momentOf(choice, now);
  const error =
    choice !== 'custom'
      ? null
      : endsAt === null
        ? t('share.untilMissing')
        : endsAt <= now
          ? t('share.untilPast')
          : null;
  return { now, choice, custom, endsAt, error, setChoice, setCustom };
}

/**
 * Until when: one of the choices, or a moment of one's own.
 *
 * @param tried whether the form was sent already: before that nothing is missed
 */
export function UntilField({
  until,
  choices,
  hint,
  tried,
}: {
  until: Until;
  choices: readonly UntilChoice[];
  hint?: string;
  tried: boolean;
}) {
  const t = useWords();
  return (
    <>
      <SelectField
        label={t('share.until')}
        hint={hint}
        value={until.choice}
        onChange={until.setChoice}
        options={choices
          .filter((choice) => isOffered(choice, until.now))
          .map((value) => ({ value, label: untilLabel(value, until.now, t) }))}
      />
      {until.choice === 'custom' && (
        <Field
          label={t('share.customLabel')}
          type="datetime-local"
          value={until.custom}
          onChange={until.setCustom}
          error={tried ? until.error : null}
        />
      )}
    </>
  );
}

function untilLabel(choice: UntilChoice, now: Date, t: Words): string {
  const moment = momentOf(choice, now);
  switch (choice) {
    case 'hour':
      return t('share.hour', { time: moment === null ? '' : clockTime(moment) });
    case 'evening':
      return t('share.evening', { time: moment === null ? '' : clockTime(moment) });
    case 'week':
      return t('share.week', { time: moment === null ? '' : untilTime(moment, now) });
    case 'never':
      return t('share.never');
    case 'custom':
      return t('share.custom');
  }
}

function readCustom(text: string): Date | null {
  const date = new Date(text);
  return text === '' || Number.isNaN(date.getTime()) ? null : date;
}
